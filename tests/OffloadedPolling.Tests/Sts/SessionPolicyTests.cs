using System.Text.Json;
using OffloadedPolling.Sts;

namespace OffloadedPolling.Tests.Sts;

public sealed class SessionPolicyTests
{
    private const string Bucket = "my-status-bucket";

    [Theory]
    [InlineData(Bucket, "eu-west-1", "arn:aws:s3:::my-status-bucket/")]
    [InlineData(Bucket, "cn-north-1", "arn:aws-cn:s3:::my-status-bucket/")]
    [InlineData(Bucket, "us-gov-west-1", "arn:aws-us-gov:s3:::my-status-bucket/")]
    [InlineData(Bucket, "eusc-de-east-1", "arn:aws-eusc:s3:::my-status-bucket/")]
    [InlineData(Bucket, "us-iso-east-1", "arn:aws-iso:s3:::my-status-bucket/")]
    [InlineData(Bucket, "my-own-ceph", "arn:aws:s3:::my-status-bucket/")]
    [InlineData(
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/status", "eu-west-1",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/status/object/")]
    public void For_AllowsOnlyReadingTheDocuments(string bucket, string region, string prefix)
    {
        var policy = JsonElement.Parse(SessionPolicy.For(bucket, region, [Key(1), Key(2)]));

        var statement = policy.GetProperty("Statement").EnumerateArray().ToList().Should().ContainSingle().Which;
        policy.GetProperty("Version").GetString().Should().Be("2012-10-17");
        (statement.GetProperty("Effect").GetString(), statement.GetProperty("Action").GetString()).Should().Be(("Allow", "s3:GetObject"));
        statement.GetProperty("Resource").EnumerateArray().Select(resource => resource.GetString())
            .Should().Equal(prefix + Key(1), prefix + Key(2));
    }

    [Fact]
    public void For_TooManyKeys_ThrowsAndReportsHowManyFit()
    {
        var keys = Enumerable.Range(0, 40).Select(Key).ToList();

        var refused = FluentActions.Invoking(() => SessionPolicy.For(Bucket, "eu-west-1", keys))
            .Should().ThrowExactly<ArgumentException>().Which;

        var fitting = Enumerable.Range(1, 40).Last(count => Fits(keys[..count]));
        fitting.Should().BeInRange(15, 30);
        refused.Message.Should().Contain($"these 40 status keys has");
        refused.Message.Should().Contain($"the maximum is 2048. Only {fitting} of them fit. Request the others separately.");
    }

    private static bool Fits(List<string> keys)
    {
        try
        {
            return SessionPolicy.For(Bucket, "eu-west-1", keys).Length <= 2048;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Key(int number) => $"operations/{number:x32}.json";
}
