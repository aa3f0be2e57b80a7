using System.Globalization;
using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>The plan as templates. Parts that are off or skipped are not in them.</summary>
internal static class BucketTemplates
{
    /// <summary>Returns a template with the bucket and its policy.</summary>
    /// <remarks>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html</remarks>
    public static JsonObject ToCloudFormation(BucketPlan plan)
    {
        var properties = new JsonObject { ["BucketName"] = plan.Bucket };
        AddIf(properties, "PublicAccessBlockConfiguration", plan.IsOn<PublicAccessPart>(), PublicAccess());
        AddIf(properties, "BucketEncryption", plan.IsOn<EncryptionPart>(),
            Encryption("ServerSideEncryptionConfiguration", "ServerSideEncryptionByDefault"));
        AddList(properties, "LifecycleConfiguration", "Rules", plan.RulesOf(DocumentKind.Lifecycle).Select(ToCloudFormation));
        AddList(properties, "CorsConfiguration", "CorsRules", plan.RulesOf(DocumentKind.Cors).Select(CorsToCloudFormation));
        var resources = new JsonObject { ["StatusBucket"] = CloudFormation.Resource("AWS::S3::Bucket", properties) };
        if (Policy(plan) is { } policy)
        {
            var bucket = new JsonObject { ["Ref"] = "StatusBucket" };
            resources["StatusBucketPolicy"] = CloudFormation.Resource(
                "AWS::S3::BucketPolicy", new JsonObject { ["Bucket"] = bucket, ["PolicyDocument"] = policy });
        }

        return CloudFormation.Template("The bucket for status documents.", resources, plan.Parts);
    }

    /// <summary>Returns what <c>aws s3api</c> takes, a member for each of its commands.</summary>
    public static JsonObject ToCli(BucketPlan plan)
    {
        var input = new JsonObject();
        AddIf(input, "publicAccessBlock", plan.IsOn<PublicAccessPart>(), PublicAccess());
        AddIf(input, "encryption", plan.IsOn<EncryptionPart>(), Encryption("Rules", "ApplyServerSideEncryptionByDefault"));
        AddList(input, "lifecycle", "Rules", plan.RulesOf(DocumentKind.Lifecycle).Select(rule => rule.DeepClone()));
        AddList(input, "cors", "CORSRules", plan.RulesOf(DocumentKind.Cors).Select(rule => rule.DeepClone()));
        AddIf(input, "policy", Policy(plan) is not null, Policy(plan));
        AddIf(input, "notes", CloudFormation.Notes(plan.Parts) is not null, CloudFormation.Notes(plan.Parts));
        return input;
    }

    private static void AddIf(JsonObject target, string name, bool isOn, JsonNode? value)
    {
        if (isOn)
        {
            target[name] = value;
        }
    }

    private static void AddList(JsonObject target, string name, string listName, IEnumerable<JsonNode> rules)
    {
        if (rules.ToArray() is { Length: > 0 } some)
        {
            target[name] = new JsonObject { [listName] = new JsonArray(some) };
        }
    }

    private static JsonObject PublicAccess() =>
        new(PublicAccessPart.Settings.Select(setting => KeyValuePair.Create(setting, (JsonNode?)true)));

    private static JsonObject Encryption(string list, string byDefault) =>
        new() { [list] = new JsonArray(new JsonObject { [byDefault] = new JsonObject { ["SSEAlgorithm"] = EncryptionPart.Algorithm } }) };

    private static JsonObject? Policy(BucketPlan plan)
    {
        JsonNode[] statements = [.. plan.RulesOf(DocumentKind.Policy).Select(statement => statement.DeepClone())];
        return statements.Length == 0 ? null : new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray(statements) };
    }

    // CloudFormation has neither Filter nor And, and other names for some members.
    public static JsonObject ToCloudFormation(JsonObject rule)
    {
        var filter = rule["Filter"]!["And"] ?? rule["Filter"]!;
        var converted = new JsonObject
        {
            ["Id"] = rule["ID"]!.DeepClone(), ["Prefix"] = filter["Prefix"]!.DeepClone(), ["Status"] = rule["Status"]!.DeepClone(),
        };
        if (filter["ObjectSizeGreaterThan"]?.GetValue<int>() is { } bytes)
        {
            converted["ObjectSizeGreaterThan"] = bytes.ToString(CultureInfo.InvariantCulture);
        }

        if (rule["Transitions"] is JsonArray transitions)
        {
            converted["Transitions"] = new JsonArray([.. transitions.Select(each =>
                Renamed(each!.AsObject(), new() { ["Days"] = "TransitionInDays", ["StorageClass"] = "StorageClass" }))]);
        }

        foreach (var (name, value) in rule["Expiration"]?.AsObject() ?? [])
        {
            converted[name == "Days" ? "ExpirationInDays" : name] = value!.DeepClone();
        }

        var noncurrent = rule["NoncurrentVersionExpiration"]?.DeepClone();
        AddIf(converted, "NoncurrentVersionExpiration", noncurrent is not null, noncurrent);
        return converted;
    }

    private static JsonObject CorsToCloudFormation(JsonObject rule) =>
        Renamed(rule, new() { ["ID"] = "Id", ["ExposeHeaders"] = "ExposedHeaders", ["MaxAgeSeconds"] = "MaxAge" });

    private static JsonObject Renamed(JsonObject json, Dictionary<string, string> names) =>
        new([.. json.Select(member => KeyValuePair.Create(names.GetValueOrDefault(member.Key, member.Key), member.Value?.DeepClone()))]);
}
