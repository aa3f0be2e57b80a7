using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace OffloadedPolling.AspNetCore;

/// <summary>The schemas of the JSON that callers receive.</summary>
internal static class OperationSchemas
{
    private static readonly string _levels = string.Join(
        ", ", OperationEstimate.QuantileLevels.Select(level => (level * 100).ToString("0", CultureInfo.InvariantCulture)));

    public static IReadOnlyDictionary<Type, TypeDescription> All { get; } = new Dictionary<Type, TypeDescription>
    {
        [typeof(AcceptedOperation)] = new("An accepted operation: where to poll for its status, and when.", Object)
        {
            Members =
            [
                new("id", "The operation's ID: 32 lowercase hexadecimal digits.", Text()),
                new("status", "The operation's state when this response was written.", typeof(OperationState)),
                new(
                    "statusUrl",
                    "The URL to poll with GET. Use it exactly as it is, and send no Authorization header. "
                    + "It is a credential: anyone who has it can read the status.",
                    Text("uri")),
                new("statusUrlExpiresAt", "The time at which the status URL expires.", Text("date-time")),
                new(
                    "operationUrl",
                    "The operation's address at this API, which does not expire. Absent if the API has none.",
                    Text("uri-reference"),
                    false),
                new("retryAfter", "How long to wait before the first poll, in seconds.", Seconds),
                new(
                    "estimate",
                    "When the operation is likely to be done, counted from this response. Absent if unknown.",
                    typeof(OperationEstimate),
                    false),
                new("repeated", "True if the operation was accepted before this request. Otherwise absent.", Boolean, false),
            ],
        },
        [typeof(OperationStatus)] = new("The status of an operation. The value of an absent member is unknown.", Object)
        {
            Members =
            [
                new("id", "The operation's ID: 32 lowercase hexadecimal digits.", Text()),
                new("kind", "The name of the operation's kind.", Text()),
                new("status", "The operation's state.", typeof(OperationState)),
                new("createdAt", "The time at which the operation was accepted.", Text("date-time")),
                new("lastUpdatedAt", "The time at which this status was written.", Text("date-time")),
                new("expiresAt", "The time from which this status may be deleted.", Text("date-time")),
                new("attempt", "How often the work was given to a worker. Absent before the first time.", Integer(1), false),
                new("percentComplete", "The progress, from 0 to 100.", Integer(0, 100), false),
                new("message", "What the worker is doing.", Text(), false),
                new("estimate", "When the operation is likely to be done, counted from lastUpdatedAt.", typeof(OperationEstimate), false),
                new("resourceLocation", "The address of the outcome, relative to the operation URL.", Text("uri-reference"), false),
                new("result", "The result of an operation that has succeeded.", Anything, false),
                new("error", "The reason why the operation has failed.", typeof(OperationProblem), false),
            ],
        },
        [typeof(OperationEstimate)] = new("How long an operation is likely to take. All durations are in seconds.", Object)
        {
            Members =
            [
                new("median", "Half of such operations are done within this time, in seconds.", Seconds),
                new("upper", "Nine out of ten such operations are done within this time, in seconds.", Seconds),
                new(
                    "quantiles",
                    $"The times, in seconds, within which {_levels} percent of such operations are done. Absent unless measured.",
                    ListOfSeconds,
                    false),
            ],
        },
        [typeof(OperationState)] = new("The state of an operation. Succeeded, Failed and Canceled are terminal.", States),
        [typeof(OperationProblem)] = new("A problem as RFC 9457 defines it. It may have further members.", Problem)
        {
            Members =
            [
                new("type", "A URI reference that identifies the type of the problem.", Text("uri-reference"), false),
                new("title", "A short summary of the type of the problem.", Text(), false),
                new("status", "The HTTP status code.", Integer(100, 599), false),
                new("detail", "An explanation of this occurrence of the problem.", Text(), false),
                new("instance", "A URI reference that identifies this occurrence of the problem.", Text("uri-reference"), false),
            ],
        },
        [typeof(StatusCredentials)] = new("Temporary AWS credentials that can read the status of one operation.", Object)
        {
            Members =
            [
                new("id", "The operation's ID: 32 lowercase hexadecimal digits.", Text()),
                new("statusKey", "The object key of the status in the bucket.", Text()),
                new("bucket", "The name of the bucket, or the ARN of an access point.", Text()),
                new("region", "The AWS Region to sign for.", Text()),
                new("endpoint", "The address of the S3 server. Absent on AWS.", Text("uri"), false),
                new("forcePathStyle", "Whether the bucket's name is in the path of the address instead of the host name.", Boolean),
                new("accessKeyId", "The access key ID.", Text()),
                new("secretAccessKey", "The secret access key.", Text()),
                new("sessionToken", "The session token, which every request needs.", Text()),
                new("expiresAt", "The time at which the credentials expire.", Text("date-time")),
            ],
        },
    };

    private static void Object(OpenApiSchema schema) => schema.Type = JsonSchemaType.Object;

    private static void Problem(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object;
        schema.AdditionalPropertiesAllowed = true;
        schema.AdditionalProperties = null;
    }

    private static void States(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.String;
        schema.Enum = [.. Enum.GetNames<OperationState>().Select(name => (JsonNode)name)];
    }

    private static void Boolean(OpenApiSchema schema) => schema.Type = JsonSchemaType.Boolean;

    private static void Anything(OpenApiSchema schema) => schema.Type = null;

    private static Action<OpenApiSchema> Text(string? format = null) => schema =>
    {
        schema.Type = JsonSchemaType.String;
        schema.Format = format;
        schema.Pattern = null;
    };

    private static Action<OpenApiSchema> Integer(int minimum, int? maximum = null) => schema =>
    {
        schema.Type = JsonSchemaType.Integer;
        schema.Format = "int32";
        schema.Pattern = null;
        schema.Minimum = minimum.ToString(CultureInfo.InvariantCulture);
        schema.Maximum = maximum?.ToString(CultureInfo.InvariantCulture);
    };

    private static void Seconds(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Number;
        schema.Format = "double";
        schema.Pattern = null;
        schema.Minimum = "0";
    }

    private static void ListOfSeconds(OpenApiSchema schema)
    {
        var seconds = new OpenApiSchema();
        Seconds(seconds);
        schema.Type = JsonSchemaType.Array;
        schema.Items = seconds;
        schema.MinItems = schema.MaxItems = OperationEstimate.QuantileLevels.Count;
    }
}

/// <param name="Text">The type's description.</param>
/// <param name="Shape">The action that writes the JSON type into a schema.</param>
internal sealed record TypeDescription(string Text, Action<OpenApiSchema> Shape)
{
    public IReadOnlyList<MemberDescription> Members { get; init; } = [];
}

/// <param name="Name">The member's name in JSON.</param>
/// <param name="Text">The member's description.</param>
/// <param name="Shape">The action that writes the JSON type into a schema.</param>
/// <param name="IsRequired">Whether the member is always present.</param>
internal sealed record MemberDescription(string Name, string Text, Action<OpenApiSchema> Shape, bool IsRequired = true)
{
    /// <summary>Creates a member whose type has its own description.</summary>
    public MemberDescription(string name, string text, Type type, bool isRequired = true)
        : this(name, text, static _ => { }, isRequired) => Type = type;

    /// <summary>Gets the type, if it has its own description.</summary>
    public Type? Type { get; }
}
