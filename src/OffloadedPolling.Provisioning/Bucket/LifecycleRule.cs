using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace OffloadedPolling.Provisioning;

/// <summary>A lifecycle rule of this library's own, in the three ways in which it is written.</summary>
internal sealed record LifecycleRule(string Id, string Prefix)
{
    public int? ExpirationDays { get; init; }

    /// <summary>Whether what is left of a document when its versions are gone, a delete marker, goes as well.</summary>
    public bool ExpiresDeleteMarkers { get; init; }

    public int? NoncurrentDays { get; init; }

    public IReadOnlyList<(string StorageClass, int Days)> Transitions { get; init; } = [];

    public int? AboveBytes { get; init; }

    /// <summary>As S3's API takes it.</summary>
    /// <param name="prefixInRule">Whether the prefix stands in the rule itself, as it must where other rules have it there.</param>
    public XElement ToXml(bool prefixInRule) => new("Rule",
        new XElement("ID", Id),
        prefixInRule ? new XElement("Prefix", Prefix) : new XElement("Filter", AboveBytes is { } bytes
            ? new XElement("And", new XElement("ObjectSizeGreaterThan", bytes), new XElement("Prefix", Prefix))
            : new XElement("Prefix", Prefix)),
        new XElement("Status", "Enabled"),
        Transitions.Select(each => new XElement("Transition", new XElement("Days", each.Days), new XElement("StorageClass", each.StorageClass))),
        ExpirationDays is { } days ? new XElement("Expiration", new XElement("Days", days)) : null,
        ExpiresDeleteMarkers ? new XElement("Expiration", new XElement("ExpiredObjectDeleteMarker", "true")) : null,
        NoncurrentDays is { } noncurrent ? new XElement("NoncurrentVersionExpiration", new XElement("NoncurrentDays", noncurrent)) : null);

    /// <summary>As the AWS CLI takes it.</summary>
    public JsonObject ToCli() => Fill(new JsonObject
    {
        ["ID"] = Id,
        ["Filter"] = AboveBytes is { } bytes
            ? new JsonObject { ["And"] = new JsonObject { [nameof(Prefix)] = Prefix, ["ObjectSizeGreaterThan"] = bytes } }
            : new JsonObject { [nameof(Prefix)] = Prefix },
        ["Status"] = "Enabled",
    }, "Days", rule =>
    {
        if (ExpirationDays is { } days)
        {
            rule["Expiration"] = new JsonObject { ["Days"] = days };
        }

        if (ExpiresDeleteMarkers)
        {
            rule["Expiration"] = new JsonObject { ["ExpiredObjectDeleteMarker"] = true };
        }
    });

    /// <summary>As CloudFormation takes it.</summary>
    public JsonObject ToCloudFormation()
    {
        var rule = new JsonObject { [nameof(Id)] = Id, [nameof(Prefix)] = Prefix, ["Status"] = "Enabled" };
        if (AboveBytes is { } bytes)
        {
            rule["ObjectSizeGreaterThan"] = bytes.ToString(CultureInfo.InvariantCulture);
        }

        return Fill(rule, "TransitionInDays", fields =>
        {
            if (ExpirationDays is { } days)
            {
                fields["ExpirationInDays"] = days;
            }

            if (ExpiresDeleteMarkers)
            {
                fields["ExpiredObjectDeleteMarker"] = true;
            }
        });
    }

    private JsonObject Fill(JsonObject rule, string daysName, Action<JsonObject> expire)
    {
        if (Transitions.Count > 0)
        {
            rule[nameof(Transitions)] = new JsonArray([.. Transitions.Select(each => new JsonObject { ["StorageClass"] = each.StorageClass, [daysName] = each.Days })]);
        }

        expire(rule);
        if (NoncurrentDays is { } noncurrent)
        {
            rule["NoncurrentVersionExpiration"] = new JsonObject { [nameof(NoncurrentDays)] = noncurrent };
        }

        return rule;
    }
}
