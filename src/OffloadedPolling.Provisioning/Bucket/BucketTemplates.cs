using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>The plan as documents to deploy by. What is off or left out is not in them.</summary>
internal static class BucketTemplates
{
    /// <summary>A template with the bucket and its policy.</summary>
    /// <remarks>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html</remarks>
    public static JsonObject ToCloudFormation(BucketPlan plan)
    {
        var properties = new JsonObject { ["BucketName"] = plan.Bucket };
        if (plan.On<PublicAccessPart>().Any())
        {
            properties["PublicAccessBlockConfiguration"] = PublicAccessPart.ToJson();
        }

        if (plan.On<EncryptionPart>().Any())
        {
            properties["BucketEncryption"] = EncryptionPart.ToCloudFormation();
        }

        if (List(plan.On<LifecyclePart>().Select(part => part.Rule.ToCloudFormation())) is { } rules)
        {
            properties["LifecycleConfiguration"] = new JsonObject { ["Rules"] = rules };
        }

        if (List(plan.On<CorsPart>().Select(part => part.Rule.ToCloudFormation())) is { } cors)
        {
            properties["CorsConfiguration"] = new JsonObject { ["CorsRules"] = cors };
        }

        var resources = new JsonObject { ["StatusBucket"] = Resource("AWS::S3::Bucket", properties) };
        if (Policy(plan) is { } policy)
        {
            resources["StatusBucketPolicy"] = Resource("AWS::S3::BucketPolicy", new JsonObject
            {
                ["Bucket"] = new JsonObject { ["Ref"] = "StatusBucket" },
                ["PolicyDocument"] = policy,
            });
        }

        var template = new JsonObject { ["AWSTemplateFormatVersion"] = "2010-09-09", ["Description"] = "The bucket for status documents." };
        if (Notes(plan) is { } notes)
        {
            // Not in the description, which may have 1,024 bytes.
            // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-description-structure.html
            template["Metadata"] = new JsonObject { ["Notes"] = notes };
        }

        template["Resources"] = resources;
        return template;
    }

    /// <summary>What <c>aws s3api</c> takes, a member for each of its commands.</summary>
    public static JsonObject ToCli(BucketPlan plan)
    {
        var documents = new JsonObject();
        if (plan.On<PublicAccessPart>().Any())
        {
            documents["publicAccessBlock"] = PublicAccessPart.ToJson();
        }

        if (plan.On<EncryptionPart>().Any())
        {
            documents["encryption"] = EncryptionPart.ToCli();
        }

        if (List(plan.On<LifecyclePart>().Select(part => part.Rule.ToCli())) is { } rules)
        {
            documents["lifecycle"] = new JsonObject { ["Rules"] = rules };
        }

        if (List(plan.On<CorsPart>().Select(part => part.Rule.ToCli())) is { } cors)
        {
            documents["cors"] = new JsonObject { ["CORSRules"] = cors };
        }

        if (Policy(plan) is { } policy)
        {
            documents["policy"] = policy;
        }

        if (Notes(plan) is { } notes)
        {
            documents["notes"] = notes;
        }

        return documents;
    }

    // Without them somebody would miss what a template made on a desk lacks.
    private static JsonArray? Notes(BucketPlan plan) => List(plan.Parts
        .Select(part => part.WhyNot is { State: StatusBucketPartState.LeftOut } whyNot ? $"{part.Name} is left out: {whyNot.Reason}"
            : part.WhyNot is null ? part.Warning : null)
        .OfType<string>()
        .Select(note => JsonValue.Create(note)));

    private static JsonObject? Policy(BucketPlan plan) => List(plan.On<PolicyPart>().Select(part => part.Statement)) is { } statements
        ? new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = statements }
        : null;

    // A stack that is deleted leaves the bucket, with the documents that callers still poll.
    private static JsonObject Resource(string type, JsonObject properties) => new()
    {
        ["Type"] = type,
        ["DeletionPolicy"] = "Retain",
        ["UpdateReplacePolicy"] = "Retain",
        ["Properties"] = properties,
    };

    private static JsonArray? List(IEnumerable<JsonNode> each) => each.ToArray() is { Length: > 0 } some ? new JsonArray(some) : null;
}
