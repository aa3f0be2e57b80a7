using System.Text.Json.Nodes;
using Amazon;
using Amazon.Runtime;
using Amazon.SQS;
using Microsoft.Extensions.Options;
using NSubstitute;
using OffloadedPolling.Provisioning;
using OffloadedPolling.Sqs;

namespace OffloadedPolling.Tests.Provisioning;

/// <summary>Tests the plan of a kind's queues as CloudFormation and as input of the AWS CLI.</summary>
public sealed class QueuePlanTests
{
    [Fact]
    public void AddTo_KindWithDeadLetters_AddsBothQueuesAsRetained()
    {
        var resources = new JsonObject();

        Plan("small-orders").AddTo(resources);

        resources.Select(resource => resource.Key).Should().Equal("SmallOrdersDeadLetterQueue", "SmallOrdersQueue");
        resources.Select(resource => (string)resource.Value!["DeletionPolicy"]!).Should().AllBe("Retain");
        var queue = resources["SmallOrdersQueue"]!["Properties"]!;
        ((string)queue["QueueName"]!, (int)queue["VisibilityTimeout"]!, (int)queue["MessageRetentionPeriod"]!)
            .Should().Be(("orders", 30, 86400));
        queue["RedrivePolicy"]!.ToJsonString().Should().Be(
            """{"deadLetterTargetArn":{"Fn::GetAtt":["SmallOrdersDeadLetterQueue","Arn"]},"maxReceiveCount":5}""");
        resources["SmallOrdersDeadLetterQueue"]!["Properties"]!.ToJsonString()
            .Should().Be("""{"QueueName":"dead","MessageRetentionPeriod":1209600}""");
    }

    [Fact]
    public void AddTo_SimilarKindNames_AddsSeparateResources()
    {
        var resources = new JsonObject();

        Plan("a-b").AddTo(resources);
        Plan("a_b").AddTo(resources);

        resources.Should().HaveCount(4);
    }

    [Theory]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/dead", "arn:aws:sqs:eu-west-1:123456789012:dead")]
    [InlineData("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/dead", "arn:aws-cn:sqs:cn-north-1:123456789012:dead")]
    [InlineData("http://localhost:4566/000000000000/dead", "arn:aws:sqs:us-east-1:000000000000:dead")]
    public void ToCli_RedrivePolicy_ContainsDeadLetterQueueArn(string url, string arn)
    {
        var input = Plan("orders", kind => kind.DeadLetterQueueUrl = url).ToCli();

        ((string)input["queue"]!["Attributes"]!["RedrivePolicy"]!)
            .Should().Be($$"""{"deadLetterTargetArn":"{{arn}}","maxReceiveCount":5}""");
    }

    [Theory]
    [InlineData("00:00:30", "60")]
    [InlineData("1.00:00:00", "86400")]
    [InlineData("30.00:00:00", "1209600")]
    public void ToCli_Retention_IsLimitedToSqsRange(string retention, string expected)
    {
        var time = TimeSpan.Parse(retention, System.Globalization.CultureInfo.InvariantCulture);

        ((string)Plan("orders", retention: time).ToCli()["queue"]!["Attributes"]!["MessageRetentionPeriod"]!)
            .Should().Be(expected);
    }

    [Fact]
    public void ToCli_NoDeadLetterQueue_ContainsOnlyTheQueue()
    {
        var input = Plan("orders", kind => kind.DeadLetterQueueUrl = "").ToCli();

        input.Select(member => member.Key).Should().Equal("queue");
        input["queue"]!["Attributes"]!.AsObject().Should().NotContainKey("RedrivePolicy");
    }

    private static QueuePlan Plan(string kind, Action<OperationOptions>? configure = null, TimeSpan? retention = null)
    {
        var options = new OperationOptions
        {
            QueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
            DeadLetterQueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/dead",
        };
        configure?.Invoke(options);
        var client = new AmazonSQSClient(new AnonymousAWSCredentials(), RegionEndpoint.USEast1);
        var queues = new QueueConfiguration(new SqsConnection(Substitute.For<IOptionsMonitor<OperationOptions>>(), client));
        return new QueuePlan(queues, kind, options, new OperationQueuesOptions(), retention ?? TimeSpan.FromDays(1), "OffloadedPolling");
    }
}
