using System.Xml.Linq;

namespace OffloadedPolling.Provisioning;

/// <summary>What a document of rules is made of.</summary>
/// <param name="What">What it is called in messages.</param>
/// <param name="Root">The name of its root.</param>
/// <param name="Rule">The name of a rule.</param>
/// <param name="MaxRules">The most rules that S3 takes.</param>
internal sealed record RuleListKind(string What, string Root, string Rule, int MaxRules)
{
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
    public static readonly RuleListKind Lifecycle = new("lifecycle", "LifecycleConfiguration", "Rule", 1000);

    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html
    public static readonly RuleListKind Cors = new("CORS configuration", "CORSConfiguration", "CORSRule", 100);

    public XNamespace Namespace { get; } = "http://s3.amazonaws.com/doc/2006-03-01/";
}
