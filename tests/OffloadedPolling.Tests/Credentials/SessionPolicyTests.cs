using System.Text.Json;
using OffloadedPolling.Sts;

namespace OffloadedPolling.Tests.Credentials;

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
    [InlineData("arn:aws:s3:eu-west-1:123456789012:accesspoint/status", "eu-west-1", "arn:aws:s3:eu-west-1:123456789012:accesspoint/status/object/")]
    public void For_AllowsTheReadingOfTheDocumentsAlone(string bucket, string region, string prefix)
    {
        var policy = JsonElement.Parse(SessionPolicy.For(bucket, region, [Key(1), Key(2)]));

        var statement = Assert.Single(policy.GetProperty("Statement").EnumerateArray().ToList());
        Assert.Equal("2012-10-17", policy.GetProperty("Version").GetString());
        Assert.Equal(("Allow", "s3:GetObject"), (statement.GetProperty("Effect").GetString(), statement.GetProperty("Action").GetString()));
        Assert.Equal([prefix + Key(1), prefix + Key(2)], statement.GetProperty("Resource").EnumerateArray().Select(resource => resource.GetString()));
    }

    [Fact]
    public void For_MoreThanFit_SaysHowManyDo()
    {
        var keys = Enumerable.Range(0, 40).Select(Key).ToList();

        var refused = Assert.Throws<ArgumentException>(() => SessionPolicy.For(Bucket, "eu-west-1", keys));

        var fitting = Enumerable.Range(1, 40).Last(count => Fits(keys[..count]));
        Assert.InRange(fitting, 15, 30);
        Assert.Contains($"these 40 status keys has", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"AWS takes 2048: {fitting} of them fit. Ask for those, and for the rest in another request.", refused.Message, StringComparison.Ordinal);
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
