using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>Exports the plan as templates, without parts that are off or skipped.</summary>
internal static class BucketTemplates
{
    // Names that differ between CloudFormation and the AWS CLI. An empty name moves the members of an object into its parent.
    private static readonly Dictionary<string, string> _names = new()
    {
        ["publicAccessBlock"] = "PublicAccessBlockConfiguration", ["encryption"] = "BucketEncryption",
        ["encryption.Rules"] = "ServerSideEncryptionConfiguration",
        ["ApplyServerSideEncryptionByDefault"] = "ServerSideEncryptionByDefault",
        ["lifecycle"] = "LifecycleConfiguration", ["Filter"] = "", ["And"] = "", ["Expiration"] = "", ["Days"] = "ExpirationInDays",
        ["Transitions.Days"] = "TransitionInDays",
        ["cors"] = "CorsConfiguration", ["CORSRules"] = "CorsRules", ["ExposeHeaders"] = "ExposedHeaders", ["MaxAgeSeconds"] = "MaxAge",
        ["ID"] = "Id",
    };

    /// <summary>Returns a template with the bucket and its policy.</summary>
    /// <remarks>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html</remarks>
    public static JsonObject ToCloudFormation(BucketPlan plan)
    {
        var input = plan.ToInput();
        input.Remove(SharedDocument.Policy.Resource, out var policy);
        var properties = ToCloudFormation(input).AsObject();
        properties.Insert(0, "BucketName", plan.Bucket);
        var resources = new JsonObject { ["StatusBucket"] = CloudFormation.Resource("AWS::S3::Bucket", properties) };
        if (policy is not null)
        {
            var bucket = new JsonObject { ["Ref"] = "StatusBucket" };
            resources["StatusBucketPolicy"] = CloudFormation.Resource(
                "AWS::S3::BucketPolicy", new JsonObject { ["Bucket"] = bucket, ["PolicyDocument"] = policy });
        }

        return CloudFormation.Template("The bucket for status documents.", resources, plan.Parts);
    }

    /// <summary>Returns the input of <c>aws s3api</c>, with one member for each command.</summary>
    public static JsonObject ToCli(BucketPlan plan)
    {
        var input = plan.ToInput();
        if (CloudFormation.Notes(plan.Parts) is { Count: > 0 } notes)
        {
            input["notes"] = notes;
        }

        return input;
    }

    /// <summary>Converts the input of the AWS CLI.</summary>
    public static JsonNode ToCloudFormation(JsonNode input, string parent = "") => input switch
    {
        JsonArray list => new JsonArray([.. list.Select(each => ToCloudFormation(each!, parent))]),
        JsonObject members => new JsonObject(members.SelectMany(member => ToCloudFormation(member, parent))),
        _ => input.DeepClone(),
    };

    private static IEnumerable<KeyValuePair<string, JsonNode?>> ToCloudFormation(KeyValuePair<string, JsonNode?> member, string parent)
    {
        // CloudFormation expects sizes as text.
        var value = member.Key == "ObjectSizeGreaterThan" ? $"{member.Value}" : ToCloudFormation(member.Value!, member.Key);
        var name = _names.GetValueOrDefault($"{parent}.{member.Key}") ?? _names.GetValueOrDefault(member.Key, member.Key);
        return name.Length > 0
            ? [KeyValuePair.Create(name, (JsonNode?)value)]
            : value.AsObject().Select(inner => KeyValuePair.Create(inner.Key, inner.Value?.DeepClone()));
    }
}

/// <summary>Creates CloudFormation templates.</summary>
internal static class CloudFormation
{
    // Escapes would only make the text longer.
    private static readonly JsonSerializerOptions _indented =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true, NewLine = "\n" };

    public static string ToText(JsonObject template) => template.ToJsonString(_indented);

    public static JsonObject Template(string description, JsonObject resources, IEnumerable<Part> parts)
    {
        var template = new JsonObject { ["AWSTemplateFormatVersion"] = "2010-09-09", ["Description"] = description };
        if (Notes(parts) is { Count: > 0 } notes)
        {
            // Not in the description, which is limited to 1,024 bytes.
            // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-description-structure.html
            template["Metadata"] = new JsonObject { ["Notes"] = notes };
        }

        template["Resources"] = resources;
        return template;
    }

    // Deleting the stack keeps documents that callers still poll and messages that are not processed yet.
    public static JsonObject Resource(string type, JsonObject properties) => new()
    {
        ["Type"] = type, ["DeletionPolicy"] = "Retain", ["UpdateReplacePolicy"] = "Retain", ["Properties"] = properties,
    };

    /// <summary>Returns which parts are missing from a template, and why.</summary>
    public static JsonArray Notes(IEnumerable<Part> parts) => new([.. parts
        .Where(part => part.NotWanted?.State == ProvisioningState.Skipped)
        .Select(part => (JsonNode)JsonValue.Create($"{part.Name} is skipped: {part.NotWanted!.Reason}"))]);
}
