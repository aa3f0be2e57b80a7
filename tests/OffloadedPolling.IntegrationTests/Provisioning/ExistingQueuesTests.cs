using Amazon.SQS.Model;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Provisioning;
using static OffloadedPolling.Provisioning.ProvisioningState;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>Tests the setup of queues that already exist.</summary>
public sealed class ExistingQueuesTests : OperationQueuesTestBase
{
    [Fact]
    public async Task ApplyAsync_ExistingQueue_KeepsAttributesPolicyAndTags()
    {
        const string Policy =
            """{"Statement":[{"Sid":"theirs","Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}]}""";
        await Sqs.CreateQueueAsync(new CreateQueueRequest
        {
            QueueName = Name,
            Attributes = new()
            {
                ["DelaySeconds"] = "7", ["VisibilityTimeout"] = "900", ["MessageRetentionPeriod"] = "3600", ["Policy"] = Policy,
            },
            Tags = new() { ["team"] = "parcels" },
        }, Cancellation);
        await using var host = await HostAsync();

        var report = await Queues(host).ApplyAsync(Cancellation);

        report.IsInSync.Should().BeTrue(report.ToString());
        (State(report, "Queue"), State(report, "RedrivePolicy"), State(report, "VisibilityTimeout"), State(report, "MessageRetention"))
            .Should().Be((InSync, Applied, InSync, Applied));
        var queue = await AttributesAsync(QueueUrl);
        (queue["DelaySeconds"], queue["VisibilityTimeout"], queue["MessageRetentionPeriod"]).Should().Be(("7", "900", "86400"));
        queue["Policy"].Should().Be(Policy);
        var tags = await Sqs.ListQueueTagsAsync(new ListQueueTagsRequest { QueueUrl = QueueUrl }, Cancellation);
        tags.Tags.Should().Contain("team", "parcels");
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(9, true)]
    public async Task ApplyAsync_OtherRedrivePolicy_IsReportedNotOverwritten(int maxReceiveCount, bool ofAnotherQueue)
    {
        var other = await TestServers.NewQueueAsync();
        await CreateAsync(QueueUrl);
        await CreateAsync(DeadLettersUrl, retention: "1209600");
        await TestServers.SetMaxReceiveCountAsync(QueueUrl, ofAnotherQueue ? other : DeadLettersUrl, maxReceiveCount);
        var before = (await AttributesAsync(QueueUrl))["RedrivePolicy"];
        await using var host = await HostAsync();

        var report = await Queues(host).ApplyAsync(Cancellation);

        State(report, "RedrivePolicy").Should().Be(Different);
        Part(report, "RedrivePolicy").Reason.Should().Contain("is not overwritten")
            .And.Contain($"aws sqs set-queue-attributes --queue-url {QueueUrl} --attributes file://").And.Contain("ToJson()");
        report.IsInSync.Should().BeFalse();
        (await AttributesAsync(QueueUrl))["RedrivePolicy"].Should().Be(before);
        host.Log.Entries.Should().Contain(entry => entry.Id == 505);
    }

    [Theory]
    [InlineData(8, null, "5", InSync)]
    [InlineData(8, 9, "9", Different)]
    [InlineData(5, null, "5", InSync)]
    public async Task CheckAsync_MaxReceiveCount_MustCoverMaxAttempts(
        int has, int? maxAttempts, string expected, ProvisioningState state)
    {
        await CreateAsync(QueueUrl);
        await CreateAsync(DeadLettersUrl);
        await TestServers.SetMaxReceiveCountAsync(QueueUrl, DeadLettersUrl, has);
        await using var host = await HostAsync(operation: kind => kind.MaxAttempts = maxAttempts);

        var part = Part(await Queues(host).CheckAsync(Cancellation), "RedrivePolicy");

        part.State.Should().Be(state);
        part.Expected.Should().Contain(expected);
    }

    [Fact]
    public async Task ApplyAsync_LongerRetention_IsReportedNotLowered()
    {
        await CreateAsync(QueueUrl, retention: "345600");
        await using var host = await HostAsync();

        var report = await Queues(host).ApplyAsync(Cancellation);

        State(report, "MessageRetention").Should().Be(Different);
        Part(report, "MessageRetention").Reason.Should().Contain("deletes older messages").And.Contain("MessageRetentionPeriod=86400.");
        (await AttributesAsync(QueueUrl))["MessageRetentionPeriod"].Should().Be("345600");
    }

    [Fact]
    public async Task ApplyAsync_ShorterVisibilityTimeout_IsRaised()
    {
        await CreateAsync(QueueUrl, retention: "86400", visibility: "10");
        await using var host = await HostAsync();

        State(await Queues(host).ApplyAsync(Cancellation), "VisibilityTimeout").Should().Be(Applied);

        (await AttributesAsync(QueueUrl))["VisibilityTimeout"].Should().Be("30");
    }

    [Theory]
    [InlineData("345600", InSync, "345600")]
    [InlineData("86400", Applied, "1209600")]
    public async Task ApplyAsync_DeadLetterRetention_IsRaisedIfTooShort(
        string has, ProvisioningState state, string expected)
    {
        await CreateAsync(DeadLettersUrl, has);
        await using var host = await HostAsync();

        State(await Queues(host).ApplyAsync(Cancellation), "DeadLetterRetention").Should().Be(state);

        (await AttributesAsync(DeadLettersUrl))["MessageRetentionPeriod"].Should().Be(expected);
    }

    [Fact]
    public async Task ApplyAsync_SetAttributesIsDenied_NamesPermission()
    {
        await CreateAsync(QueueUrl, retention: "3600", visibility: "10");
        await using var proxy = await RecordingProxy.StartAsync(TestServers.Sqs);
        proxy.Intercept = context => AwsAnswers.Is(context, "SetQueueAttributes")
            ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403)
            : Task.FromResult(false);
        await using var host = await HostAsync(address: proxy.Address);

        var report = await Queues(host).ApplyAsync(Cancellation);

        (State(report, "DeadLetterQueue"), State(report, "VisibilityTimeout"), State(report, "MessageRetention"))
            .Should().Be((Applied, Failed, Failed));
        Part(report, "VisibilityTimeout").Reason.Should().Contain("Grant sqs:SetQueueAttributes");
        host.Log.Entries.Should().Contain(entry => entry.Id == 502);
    }
}
