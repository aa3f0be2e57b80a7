using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqs;

/// <summary>Checks that a queue that is used by two settings stops the start, however its URL is spelled.</summary>
public sealed class SqsQueueConflictsValidatorTests
{
    private const string Letters = "https://sqs.eu-west-1.amazonaws.com/123456789012/letters";

    private const string Parcels = "https://sqs.eu-west-1.amazonaws.com/123456789012/parcels";

    [Theory]
    [InlineData(Letters)]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/letters/")]
    [InlineData("https://SQS.eu-west-1.AmazonAWS.com/123456789012/letters")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com:443/123456789012/letters")]
    [InlineData("http://sqs.eu-west-1.amazonaws.com/123456789012/letters")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com//123456789012/letters")]
    [InlineData("https://eu-west-1.queue.amazonaws.com/123456789012/letters")]
    [InlineData("https://sqs.eu-west-1.api.aws/123456789012/letters")]
    [InlineData("https://vpce-0a1b2c3d-4e5f.sqs.eu-west-1.vpce.amazonaws.com/123456789012/letters")]
    public void Start_TwoKindsShareQueue_FailsNamingBoth(string spelled)
    {
        var refused = Start((Letters, ""), (spelled, "")).Should().ContainSingle().Which;

        refused.Should().ContainAll(
            $"OffloadedPolling:Operations:letters:QueueUrl ('{Letters}')",
            $"OffloadedPolling:Operations:parcels:QueueUrl ('{spelled}')",
            "Give each kind its own queue");
    }

    [Theory]
    [InlineData("http://localhost:4566/000000000000/letters", "http://LOCALHOST:4566/000000000000/letters/")]
    [InlineData("https://queues.example.com/letters", "https://queues.example.com:443/letters")]
    public void Start_TwoKindsShareQueueOnAnotherServer_Fails(string one, string other) =>
        Start((one, ""), (other, "")).Should().ContainSingle();

    [Theory]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/Letters")]
    [InlineData("https://sqs.eu-west-2.amazonaws.com/123456789012/letters")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/210987654321/letters")]
    [InlineData("http://localhost:4566/123456789012/letters")]
    public void Start_DifferentQueues_Succeeds(string another) => Start((Letters, ""), (another, "")).Should().BeEmpty();

    [Fact]
    public void Start_QueueIsItsOwnDeadLetterQueue_FailsNamingBoth() =>
        Start((Letters, Letters + "/"), (Parcels, "")).Should().ContainSingle().Which.Should().ContainAll(
            $"OffloadedPolling:Operations:letters:QueueUrl ('{Letters}')",
            $"OffloadedPolling:Operations:letters:DeadLetterQueueUrl ('{Letters}/')",
            "Set DeadLetterQueueUrl to the queue that the redrive policy of the kind's queue names");

    [Fact]
    public void Start_QueueIsAnotherKindsDeadLetterQueue_FailsNamingBoth() =>
        Start((Letters, ""), (Parcels, Letters)).Should().ContainSingle().Which.Should().ContainAll(
            $"OffloadedPolling:Operations:letters:QueueUrl ('{Letters}')",
            $"OffloadedPolling:Operations:parcels:DeadLetterQueueUrl ('{Letters}')");

    [Fact]
    public void Start_TwoKindsShareDeadLetterQueue_FailsNamingBoth() =>
        Start((Letters, Letters + "-dead"), (Parcels, Letters + "-dead")).Should().ContainSingle().Which.Should().ContainAll(
            "OffloadedPolling:Operations:letters:DeadLetterQueueUrl", "OffloadedPolling:Operations:parcels:DeadLetterQueueUrl",
            "its own dead-letter queue");

    [Fact]
    public void Start_SeparateDeadLetterQueues_Succeeds() =>
        Start((Letters, Letters + "-dead"), (Parcels, Parcels + "-dead")).Should().BeEmpty();

    [Fact]
    public void Start_InvalidQueueUrlAndConflict_ReportsBoth() => Start(("letters", ""), (Parcels, Parcels)).Should().HaveCount(2);

    private static List<string> Start((string Queue, string DeadLetters) letters, (string Queue, string DeadLetters) parcels)
    {
        var services = new ServiceCollection();
        services.AddOffloadedPolling().WithS3(s3 => s3.BucketName = "status").WithSqs()
            .AddOperation<Letter>("letters", LetterJson.Default, kind => (kind.QueueUrl, kind.DeadLetterQueueUrl) = letters)
            .AddOperation<Parcel>("parcels", ParcelJson.Default, kind => (kind.QueueUrl, kind.DeadLetterQueueUrl) = parcels);
        return StartFailures.Of(services);
    }
}
