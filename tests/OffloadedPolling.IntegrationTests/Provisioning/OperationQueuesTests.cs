using System.Text.Json.Nodes;
using Amazon.SQS.Model;
using OffloadedPolling.IntegrationTests.Servers;
using static OffloadedPolling.Provisioning.ProvisioningState;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>Tests the queue setup on a real server.</summary>
public sealed class OperationQueuesTests : OperationQueuesTestBase
{
    [Fact]
    public async Task CheckAsync_NoQueues_ReportsMissingAndCreatesNone()
    {
        await using var host = await HostAsync();

        var report = await Queues(host).CheckAsync(Cancellation);

        report.Parts.Select(part => (part.Name, part.State)).Should().Equal(
            ("parcels:DeadLetterQueue", Missing), ("parcels:Queue", Missing), ("parcels:RedrivePolicy", Missing),
            ("parcels:VisibilityTimeout", Missing), ("parcels:MessageRetention", Missing), ("parcels:DeadLetterRetention", Missing));
        report.IsInSync.Should().BeFalse();
        await Sqs.Awaiting(sqs => sqs.GetQueueUrlAsync(Name, Cancellation)).Should().ThrowAsync<QueueDoesNotExistException>();
    }

    [Fact]
    public async Task ApplyAsync_NoQueues_CreatesThemFromSettings()
    {
        await using var host = await HostAsync(operation: kind => kind.VisibilityTimeout = TimeSpan.FromSeconds(45));

        var report = await Queues(host).ApplyAsync(Cancellation);

        report.IsInSync.Should().BeTrue(report.ToString());
        var queue = await AttributesAsync(QueueUrl);
        (queue["VisibilityTimeout"], queue["MessageRetentionPeriod"]).Should().Be(("45", "86400"));
        var redrive = JsonNode.Parse(queue["RedrivePolicy"])!;
        redrive["deadLetterTargetArn"]!.GetValue<string>().Should().Be((await AttributesAsync(DeadLettersUrl))["QueueArn"]);
        redrive["maxReceiveCount"]!.ToString().Should().Be("5");
        (await AttributesAsync(DeadLettersUrl))["MessageRetentionPeriod"].Should().Be("1209600");
        host.Log.Entries.Should().Contain(entry => entry.Id == 501);
        (await Queues(host).CheckAsync(Cancellation)).Parts.Should().OnlyContain(part => part.State == InSync);
    }

    [Fact]
    public async Task ApplyAsync_SecondRun_WritesNothing()
    {
        await using var proxy = await RecordingProxy.StartAsync(TestServers.Sqs);
        await using var host = await HostAsync(address: proxy.Address);
        await Queues(host).ApplyAsync(Cancellation);
        var before = proxy.Requests.Count;

        var report = await Queues(host).ApplyAsync(Cancellation);

        report.Parts.Should().OnlyContain(part => part.State == InSync);
        proxy.Requests.Skip(before).Should().OnlyContain(request => request.Target == "AmazonSQS.GetQueueAttributes");
    }

    [Fact]
    public async Task ApplyAsync_NoDeadLetterQueueUrl_SkipsItsParts()
    {
        await using var host = await HostAsync(operation: kind => kind.DeadLetterQueueUrl = "");

        var report = await Queues(host).ApplyAsync(Cancellation);

        (State(report, "Queue"), State(report, "DeadLetterQueue"), State(report, "RedrivePolicy")).Should().Be((Applied, Skipped, Skipped));
        Part(report, "DeadLetterQueue").Reason.Should().Contain("OffloadedPolling:Operations:parcels:DeadLetterQueueUrl is not set");
        (await AttributesAsync(QueueUrl)).Should().NotContainKey("RedrivePolicy");
    }

    [Fact]
    public async Task ApplyAsync_PartsSwitchedOff_AreUnchanged()
    {
        await CreateAsync(QueueUrl, retention: "600", visibility: "10");
        await using var host = await HostAsync(
            switches: parts => (parts.VisibilityTimeout, parts.MessageRetention, parts.DeadLetters) = (false, false, false));

        var report = await Queues(host).ApplyAsync(Cancellation);

        report.IsInSync.Should().BeTrue(report.ToString());
        report.Parts.Where(part => part.Name != "parcels:Queue").Should().OnlyContain(part => part.State == Off);
        var queue = await AttributesAsync(QueueUrl);
        (queue["VisibilityTimeout"], queue["MessageRetentionPeriod"], queue.ContainsKey("RedrivePolicy")).Should().Be(("10", "600", false));
    }

    [Fact]
    public async Task ApplyAsync_MessageIsNeverDeleted_IsDeadLettered()
    {
        await using var host = await HostAsync(switches: parts => parts.MaxReceiveCount = 1);
        await Queues(host).ApplyAsync(Cancellation);
        await Sqs.SendMessageAsync(QueueUrl, "lost", Cancellation);

        await Eventually.TrueAsync(
            async () =>
            {
                // The message is visible again at once, so that the next receive exceeds the maximum.
                await Sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = QueueUrl, VisibilityTimeout = 0 }, Cancellation);
                var dead = await Sqs.ReceiveMessageAsync(DeadLettersUrl, Cancellation);
                return dead.Messages?.Any(message => message.Body == "lost") == true;
            },
            TimeSpan.FromSeconds(60), () => "The message is not in the dead-letter queue.");
    }

    [Fact]
    public async Task ApplyAsync_QueueUrlOfOtherAccount_NamesActualUrl()
    {
        await using var host = await HostAsync(queueUrl: QueueUrl.Replace("000000000000", "123456789012", StringComparison.Ordinal));

        var report = await Queues(host).ApplyAsync(Cancellation);

        State(report, "Queue").Should().Be(Failed);
        Part(report, "Queue").Reason.Should().Contain($"000000000000/{Name}").And.Contain("OffloadedPolling:Operations:parcels:QueueUrl");
    }

    [Fact]
    public async Task CheckAsync_SqsCannotBeReached_Throws()
    {
        await using var host = await HostAsync(address: new Uri("http://127.0.0.1:1"));

        await Queues(host).Awaiting(queues => queues.CheckAsync(Cancellation))
            .Should().ThrowAsync<OperationQueueException>().WithMessage("Could not set up the queue*");
    }

    [Fact]
    public async Task ToJson_UsedToCreateQueues_IsInSync()
    {
        await using var host = await HostAsync(operation: kind =>
            (kind.MaxAttempts, kind.VisibilityTimeout) = (7, TimeSpan.FromMinutes(2)));
        var input = JsonNode.Parse(Queues(host).ToJson())!["parcels"]!;

        foreach (var queue in (string[])["deadLetterQueue", "queue"])
        {
            var attributes = input[queue]!["Attributes"]!.AsObject().ToDictionary(each => each.Key, each => (string)each.Value!);
            var request = new CreateQueueRequest { QueueName = (string)input[queue]!["QueueName"]!, Attributes = attributes };
            await Sqs.CreateQueueAsync(request, Cancellation);
        }

        var report = await Queues(host).CheckAsync(Cancellation);
        report.Parts.Should().OnlyContain(part => part.State == InSync, report.ToString());
    }
}
