using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Options;
using NSubstitute;
using OffloadedPolling.Provisioning;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.Tests.Provisioning;

/// <summary>Tests that the parts of a queue write the value that they are given, as a rollback does.</summary>
public sealed class QueuePartsTests
{
    private const string QueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders";
    private const string DeadLetters = "https://sqs.eu-west-1.amazonaws.com/123456789012/dead";

    private readonly IAmazonSQS _sqs = Substitute.For<IAmazonSQS>();
    private readonly QueueConfiguration _queues;
    private readonly List<(string Name, string Value)> _set = [];

    public QueuePartsTests()
    {
        _queues = new(new SqsConnection(Substitute.For<IOptionsMonitor<OperationOptions>>(), _sqs));
        _sqs.SetQueueAttributesAsync(Arg.Do<SetQueueAttributesRequest>(Record), default)
            .ReturnsForAnyArgs(new SetQueueAttributesResponse());
    }

    [Fact]
    public async Task WriteAsync_EarlierTime_SetsIt()
    {
        await Time().WriteAsync("60", default);

        _set.Should().Equal(("VisibilityTimeout", "60"));
    }

    [Theory]
    [InlineData("""{"maxReceiveCount":9}""", """{"maxReceiveCount":9}""")]
    [InlineData(null, "")]
    public async Task WriteAsync_EarlierRedrivePolicy_SetsIt(string? policy, string expected)
    {
        await Redrive().WriteAsync(policy, default);

        _set.Should().Equal(("RedrivePolicy", expected));
    }

    [Fact]
    public async Task WriteAsync_NoQueueOrTime_ThrowsAndChangesNothing()
    {
        await FluentActions.Awaiting(() => Time().WriteAsync(null, default)).Should().ThrowExactlyAsync<PartException>();
        await FluentActions.Awaiting(() => new QueuePart(_queues, "orders:Queue", "QueueUrl", QueueUrl, []).WriteAsync(null, default))
            .Should().ThrowExactlyAsync<PartException>();

        await _sqs.DidNotReceiveWithAnyArgs().CreateQueueAsync(default(CreateQueueRequest), default);
        _set.Should().BeEmpty();
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("{")]
    public async Task ReadAsync_RedrivePolicyIsNotJson_ThrowsPartException(string policy)
    {
        var response = new GetQueueAttributesResponse { Attributes = new() { ["RedrivePolicy"] = policy } };
        _sqs.GetQueueAttributesAsync(default(GetQueueAttributesRequest), default).ReturnsForAnyArgs(response);

        await FluentActions.Awaiting(() => Redrive().ReadAsync(default))
            .Should().ThrowExactlyAsync<PartException>().WithMessage($"The redrive policy of '{QueueUrl}' is not JSON: *");
    }

    private void Record(SetQueueAttributesRequest request) =>
        _set.AddRange(request.Attributes.Select(each => (each.Key, each.Value)));

    private QueueTimePart Time() => new(_queues, "orders:VisibilityTimeout", "", QueueUrl, QueueAttributeName.VisibilityTimeout, 30);

    private RedrivePart Redrive() => new(_queues, "orders:RedrivePolicy", QueueUrl, DeadLetters, 5);
}
