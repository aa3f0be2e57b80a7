using System.Text.Json.Nodes;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Provisioning;
using static OffloadedPolling.Provisioning.ProvisioningState;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>The queues' set-up on a real server.</summary>
public sealed class OperationQueuesTests : IDisposable
{
    private static readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    private readonly string _name = $"test-{Guid.NewGuid():n}";

    private readonly AmazonSQSClient _sqs = TestServers.NewSqsClient();

    private string QueueUrl => UrlOf(_name);

    private string DeadLettersUrl => UrlOf($"{_name}-dead");

    public void Dispose() => _sqs.Dispose();

    [Fact]
    public async Task CheckAsync_NoQueues_ReportsThemMissingAndCreatesNone()
    {
        await using var host = await HostAsync();

        var report = await Queues(host).CheckAsync(_cancellation);

        report.Parts.Select(part => (part.Name, part.State)).Should().Equal(
            ("parcels:DeadLetterQueue", Missing), ("parcels:Queue", Missing), ("parcels:RedrivePolicy", Missing),
            ("parcels:VisibilityTimeout", Missing), ("parcels:MessageRetention", Missing), ("parcels:DeadLetterRetention", Missing));
        report.IsInSync.Should().BeFalse();
        await _sqs.Awaiting(sqs => sqs.GetQueueUrlAsync(_name, _cancellation)).Should().ThrowAsync<QueueDoesNotExistException>();
    }

    [Fact]
    public async Task ApplyAsync_NoQueues_CreatesThemAsTheSettingsSay()
    {
        await using var host = await HostAsync(operation: kind => kind.VisibilityTimeout = TimeSpan.FromSeconds(45));

        var report = await Queues(host).ApplyAsync(_cancellation);

        report.IsInSync.Should().BeTrue(report.ToString());
        var queue = await AttributesAsync(QueueUrl);
        (queue["VisibilityTimeout"], queue["MessageRetentionPeriod"]).Should().Be(("45", "86400"));
        var redrive = JsonNode.Parse(queue["RedrivePolicy"])!;
        redrive["deadLetterTargetArn"]!.GetValue<string>().Should().Be((await AttributesAsync(DeadLettersUrl))["QueueArn"]);
        redrive["maxReceiveCount"]!.ToString().Should().Be("5");
        (await AttributesAsync(DeadLettersUrl))["MessageRetentionPeriod"].Should().Be("1209600");
        host.Log.Entries.Should().Contain(entry => entry.Id == 501);
        (await Queues(host).CheckAsync(_cancellation)).Parts.Should().OnlyContain(part => part.State == InSync);
    }

    [Fact]
    public async Task ApplyAsync_ForTheSecondTime_WritesNothing()
    {
        await using var proxy = await RecordingProxy.StartAsync(TestServers.Sqs);
        await using var host = await HostAsync(address: proxy.Address);
        await Queues(host).ApplyAsync(_cancellation);
        var before = proxy.Requests.Count;

        var report = await Queues(host).ApplyAsync(_cancellation);

        report.Parts.Should().OnlyContain(part => part.State == InSync);
        proxy.Requests.Skip(before).Should().OnlyContain(request => request.Target == "AmazonSQS.GetQueueAttributes");
    }

    [Fact]
    public async Task ApplyAsync_AQueueOfSomebodyElses_KeepsItsAttributesPolicyAndTags()
    {
        const string Policy =
            """{"Statement":[{"Sid":"theirs","Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}]}""";
        await _sqs.CreateQueueAsync(new CreateQueueRequest
        {
            QueueName = _name,
            Attributes = new()
            {
                ["DelaySeconds"] = "7", ["VisibilityTimeout"] = "900", ["MessageRetentionPeriod"] = "3600", ["Policy"] = Policy,
            },
            Tags = new() { ["team"] = "parcels" },
        }, _cancellation);
        await using var host = await HostAsync();

        var report = await Queues(host).ApplyAsync(_cancellation);

        report.IsInSync.Should().BeTrue(report.ToString());
        (State(report, "Queue"), State(report, "RedrivePolicy"), State(report, "VisibilityTimeout"), State(report, "MessageRetention"))
            .Should().Be((InSync, Applied, InSync, Applied));
        var queue = await AttributesAsync(QueueUrl);
        (queue["DelaySeconds"], queue["VisibilityTimeout"], queue["MessageRetentionPeriod"]).Should().Be(("7", "900", "86400"));
        queue["Policy"].Should().Be(Policy);
        var tags = await _sqs.ListQueueTagsAsync(new ListQueueTagsRequest { QueueUrl = QueueUrl }, _cancellation);
        tags.Tags.Should().Contain("team", "parcels");
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(9, true)]
    public async Task ApplyAsync_AnotherRedrivePolicy_IsReportedAndNotOverwritten(int maxReceiveCount, bool ofAnotherQueue)
    {
        var other = await TestServers.NewQueueAsync();
        await CreateAsync(QueueUrl);
        await CreateAsync(DeadLettersUrl, retention: "1209600");
        await TestServers.SetMaxReceiveCountAsync(QueueUrl, ofAnotherQueue ? other : DeadLettersUrl, maxReceiveCount);
        var before = (await AttributesAsync(QueueUrl))["RedrivePolicy"];
        await using var host = await HostAsync();

        var report = await Queues(host).ApplyAsync(_cancellation);

        State(report, "RedrivePolicy").Should().Be(Different);
        Part(report, "RedrivePolicy").Reason.Should().Contain("is not overwritten").And.Contain("aws sqs set-queue-attributes");
        report.IsInSync.Should().BeFalse();
        (await AttributesAsync(QueueUrl))["RedrivePolicy"].Should().Be(before);
        host.Log.Entries.Should().Contain(entry => entry.Id == 505);
    }

    [Theory]
    [InlineData(8, null, 8, InSync)]
    [InlineData(8, 9, 9, Different)]
    [InlineData(5, null, 5, InSync)]
    public async Task CheckAsync_ARedrivePolicyThatAllowsEnoughReceives_IsInSync(
        int has, int? maxAttempts, int expected, ProvisioningState state)
    {
        await CreateAsync(QueueUrl);
        await CreateAsync(DeadLettersUrl);
        await TestServers.SetMaxReceiveCountAsync(QueueUrl, DeadLettersUrl, has);
        await using var host = await HostAsync(operation: kind => kind.MaxAttempts = maxAttempts);

        var part = Part(await Queues(host).CheckAsync(_cancellation), "RedrivePolicy");

        part.State.Should().Be(state);
        part.Expected.Should().Contain(state == InSync ? "5" : $"{expected}");
    }

    [Fact]
    public async Task ApplyAsync_ALongerMessageRetention_IsReportedAndNotLowered()
    {
        await CreateAsync(QueueUrl, retention: "345600");
        await using var host = await HostAsync();

        var report = await Queues(host).ApplyAsync(_cancellation);

        State(report, "MessageRetention").Should().Be(Different);
        Part(report, "MessageRetention").Reason.Should().Contain("deletes older messages");
        (await AttributesAsync(QueueUrl))["MessageRetentionPeriod"].Should().Be("345600");
    }

    [Fact]
    public async Task ApplyAsync_AShorterVisibilityTimeout_IsRaised()
    {
        await CreateAsync(QueueUrl, retention: "86400", visibility: "10");
        await using var host = await HostAsync();

        State(await Queues(host).ApplyAsync(_cancellation), "VisibilityTimeout").Should().Be(Applied);

        (await AttributesAsync(QueueUrl))["VisibilityTimeout"].Should().Be("30");
    }

    [Theory]
    [InlineData("345600", InSync, "345600")]
    [InlineData("86400", Applied, "1209600")]
    public async Task ApplyAsync_DeadLettersThatAreKeptNoLongerThanMessages_AreKeptLonger(
        string has, ProvisioningState state, string expected)
    {
        await CreateAsync(DeadLettersUrl, has);
        await using var host = await HostAsync();

        State(await Queues(host).ApplyAsync(_cancellation), "DeadLetterRetention").Should().Be(state);

        (await AttributesAsync(DeadLettersUrl))["MessageRetentionPeriod"].Should().Be(expected);
    }

    [Fact]
    public async Task ApplyAsync_NoDeadLetterQueueUrl_SkipsItsParts()
    {
        await using var host = await HostAsync(operation: kind => kind.DeadLetterQueueUrl = "");

        var report = await Queues(host).ApplyAsync(_cancellation);

        (State(report, "Queue"), State(report, "DeadLetterQueue"), State(report, "RedrivePolicy")).Should().Be((Applied, Skipped, Skipped));
        Part(report, "DeadLetterQueue").Reason.Should().Contain("OffloadedPolling:Operations:parcels:DeadLetterQueueUrl is not set");
        (await AttributesAsync(QueueUrl)).Should().NotContainKey("RedrivePolicy");
    }

    [Fact]
    public async Task ApplyAsync_PartsThatAreSwitchedOff_AreLeftAlone()
    {
        await CreateAsync(QueueUrl, retention: "600", visibility: "10");
        await using var host = await HostAsync(
            switches: parts => (parts.VisibilityTimeout, parts.MessageRetention, parts.DeadLetters) = (false, false, false));

        var report = await Queues(host).ApplyAsync(_cancellation);

        report.IsInSync.Should().BeTrue(report.ToString());
        report.Parts.Where(part => part.Name != "parcels:Queue").Should().OnlyContain(part => part.State == Off);
        var queue = await AttributesAsync(QueueUrl);
        (queue["VisibilityTimeout"], queue["MessageRetentionPeriod"], queue.ContainsKey("RedrivePolicy")).Should().Be(("10", "600", false));
    }

    [Fact]
    public async Task ApplyAsync_AMessageThatIsNeverDeleted_EndsInTheDeadLetterQueue()
    {
        await using var host = await HostAsync(switches: parts => parts.MaxReceiveCount = 1);
        await Queues(host).ApplyAsync(_cancellation);
        await _sqs.SendMessageAsync(QueueUrl, "lost", _cancellation);

        await Eventually.TrueAsync(
            async () =>
            {
                // Visible again at once, so that the next receive is one too many.
                await _sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = QueueUrl, VisibilityTimeout = 0 }, _cancellation);
                var dead = await _sqs.ReceiveMessageAsync(DeadLettersUrl, _cancellation);
                return dead.Messages?.Any(message => message.Body == "lost") == true;
            },
            TimeSpan.FromSeconds(60), () => "The message is not in the dead-letter queue.");
    }

    [Fact]
    public async Task ApplyAsync_AttributesThatMayNotBeSet_FailWithThePermissionAndTheOthersGoOn()
    {
        await CreateAsync(QueueUrl, retention: "3600", visibility: "10");
        await using var proxy = await RecordingProxy.StartAsync(TestServers.Sqs);
        proxy.Intercept = context => AwsAnswers.Is(context, "SetQueueAttributes")
            ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403)
            : Task.FromResult(false);
        await using var host = await HostAsync(address: proxy.Address);

        var report = await Queues(host).ApplyAsync(_cancellation);

        (State(report, "DeadLetterQueue"), State(report, "VisibilityTimeout"), State(report, "MessageRetention"))
            .Should().Be((Applied, Failed, Failed));
        Part(report, "VisibilityTimeout").Reason.Should().Contain("Grant sqs:SetQueueAttributes");
        host.Log.Entries.Should().Contain(entry => entry.Id == 502);
    }

    [Fact]
    public async Task ApplyAsync_AQueueUrlOfAnotherAccount_FailsWithTheOneThatSqsKnows()
    {
        await using var host = await HostAsync(queueUrl: QueueUrl.Replace("000000000000", "123456789012", StringComparison.Ordinal));

        var report = await Queues(host).ApplyAsync(_cancellation);

        State(report, "Queue").Should().Be(Failed);
        Part(report, "Queue").Reason.Should().Contain($"000000000000/{_name}").And.Contain("OffloadedPolling:Operations:parcels:QueueUrl");
    }

    [Fact]
    public async Task CheckAsync_SqsCannotBeReached_Throws()
    {
        await using var host = await HostAsync(address: new Uri("http://127.0.0.1:1"));

        await Queues(host).Awaiting(queues => queues.CheckAsync(_cancellation))
            .Should().ThrowAsync<OperationQueueException>().WithMessage("Could not set up the queue*");
    }

    [Fact]
    public async Task ToJson_ItsInput_CreatesQueuesThatAreInSync()
    {
        await using var host = await HostAsync(operation: kind =>
            (kind.MaxAttempts, kind.VisibilityTimeout) = (7, TimeSpan.FromMinutes(2)));
        var input = JsonNode.Parse(Queues(host).ToJson())!["parcels"]!;

        foreach (var queue in (string[])["deadLetterQueue", "queue"])
        {
            var attributes = input[queue]!["Attributes"]!.AsObject().ToDictionary(each => each.Key, each => (string)each.Value!);
            var request = new CreateQueueRequest { QueueName = (string)input[queue]!["QueueName"]!, Attributes = attributes };
            await _sqs.CreateQueueAsync(request, _cancellation);
        }

        var report = await Queues(host).CheckAsync(_cancellation);
        report.Parts.Should().OnlyContain(part => part.State == InSync, report.ToString());
    }

    private static string UrlOf(string name) => $"{TestServers.Sqs.ToString().TrimEnd('/')}/000000000000/{name}";

    private Task<TestHost> HostAsync(
        Action<OperationOptions>? operation = null, Action<OperationQueuesOptions>? switches = null, Uri? address = null,
        string? queueUrl = null) =>
        TestHost.CreateAsync(
            sqs: address, queueUrl: queueUrl ?? QueueUrl,
            operation: kind =>
            {
                kind.DeadLetterQueueUrl = DeadLettersUrl;
                operation?.Invoke(kind);
            },
            build: builder => builder.AddProvisioning().Services.Configure(switches ?? (_ => { })));

    private static OperationQueues Queues(TestHost host) => host.Services.GetRequiredService<OperationQueues>();

    private static ProvisioningPart Part(ProvisioningReport report, string name) =>
        report.Parts.Single(part => part.Name == $"parcels:{name}");

    private static ProvisioningState State(ProvisioningReport report, string name) => Part(report, name).State;

    private Task<CreateQueueResponse> CreateAsync(string url, string retention = "345600", string visibility = "30") =>
        _sqs.CreateQueueAsync(
            new CreateQueueRequest
            {
                QueueName = url[(url.LastIndexOf('/') + 1)..],
                Attributes = new() { ["MessageRetentionPeriod"] = retention, ["VisibilityTimeout"] = visibility },
            }, _cancellation);

    private async Task<Dictionary<string, string>> AttributesAsync(string url) =>
        (await _sqs.GetQueueAttributesAsync(url, [QueueAttributeName.All], _cancellation)).Attributes;
}
