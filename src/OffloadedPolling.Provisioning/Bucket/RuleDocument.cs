using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace OffloadedPolling.Provisioning;

/// <summary>An XML document of rules, in which third parties have rules of their own: a lifecycle or a CORS configuration.</summary>
internal sealed class RuleDocument : ISharedDocument
{
    private static readonly XNamespace _s3 = "http://s3.amazonaws.com/doc/2006-03-01/";

    private readonly XElement _root;

    private RuleDocument(XElement root) => _root = root;

    private IEnumerable<XElement> Rules => _root.Elements();

    /// <exception cref="PartException">The document holds something that this version does not know.</exception>
    public static RuleDocument Parse(string? text, string root, string rule)
    {
        try
        {
            var found = text is null ? new XElement(_s3 + root) : XDocument.Parse(text, LoadOptions.PreserveWhitespace).Root!;
            var unknown = found.Name.LocalName == root ? found.Elements().FirstOrDefault(element => element.Name.LocalName != rule) : found;
            return unknown is null
                ? new RuleDocument(found)
                : throw new PartException(
                    $"The bucket's {root} holds '{unknown.Name.LocalName}', which is unknown. Set this part up by hand.");
        }
        catch (XmlException unreadable)
        {
            throw new PartException($"The bucket's {root} is not XML: {unreadable.Message}", unreadable);
        }
    }

    public Current Find(string id, string wanted)
    {
        var found = Rules.Where(rule => IdOf(rule) == id).ToList();
        return found.Count <= 1
            ? new Current(found.FirstOrDefault()?.ToString(SaveOptions.DisableFormatting), Reason: WarnOfShadow(id, XElement.Parse(wanted)))
            : throw new PartException($"The bucket has {found.Count} rules with the id '{id}'. Remove all but one.");
    }

    public string? With(string id, string? rule)
    {
        var root = new XElement(_root);
        var replacement = rule is null ? null : InNamespace(XElement.Parse(rule), root.Name.Namespace);
        if (root.Elements().FirstOrDefault(each => IdOf(each) == id) is { } own)
        {
            own.ReplaceWith(replacement);
        }
        else
        {
            root.Add(replacement);
        }

        // S3 refuses a lifecycle in which some rules have their prefix in a filter and others do not.
        var hasOldForm = root.Elements().Any(each => !BucketPolicies.IsOwn(IdOf(each)) && Child(each, "Prefix") is not null);
        foreach (var each in root.Elements().Where(each => BucketPolicies.IsOwn(IdOf(each))))
        {
            MovePrefix(each, hasOldForm);
        }

        return root.HasElements ? root.ToString(SaveOptions.DisableFormatting) : null;
    }

    /// <summary>Converts a rule from the JSON that the AWS CLI takes, where a list's name is the plural of its elements'.</summary>
    public static string ToXml(string name, JsonObject json) => ToElements(name, json).Single().ToString(SaveOptions.DisableFormatting);

    /// <summary>
    /// Returns what a rule means: neither the order of elements nor where the prefix stands makes a difference, nor the case of headers,
    /// which some servers change.
    /// </summary>
    public static string MeaningOf(string rule) => MeaningOf(XElement.Parse(rule));

    private static string MeaningOf(XElement element)
    {
        var name = element.Name.LocalName;
        if (!element.HasElements)
        {
            var value = name.EndsWith("Header", StringComparison.Ordinal) ? element.Value.ToUpperInvariant() : element.Value;
            return $"{name}={value.Trim()}";
        }

        return name == "Filter" && element.Elements().ToList() is [{ Name.LocalName: "Prefix" } prefix]
            ? MeaningOf(prefix)
            : $"{name}({string.Join(',', element.Elements().Select(MeaningOf).Order(StringComparer.Ordinal))})";
    }

    private static XElement InNamespace(XElement element, XNamespace space) => new(
        space + element.Name.LocalName,
        element.HasElements ? element.Elements().Select(child => InNamespace(child, space)) : element.Value);

    private static IEnumerable<XElement> ToElements(string name, JsonNode? json) => json switch
    {
        JsonArray list => list.SelectMany(each => ToElements(name[..^1], each)),
        JsonObject fields => [new XElement(name, fields.SelectMany(field => ToElements(field.Key, field.Value)))],
        _ => [new XElement(name, json?.ToString())],
    };

    private static void MovePrefix(XElement rule, bool toOldForm)
    {
        if (toOldForm && Child(rule, "Filter") is { } filter)
        {
            filter.ReplaceWith(Child(filter, "Prefix") ?? throw new PartException(
                "Other rules of the lifecycle have a Prefix outside a Filter. S3 accepts no rule with a size next to them. Convert them."));
        }
        else if (!toOldForm && Child(rule, "Prefix") is { } prefix)
        {
            prefix.ReplaceWith(new XElement(prefix.Name.Namespace + "Filter", prefix));
        }
    }

    // S3 applies the first CORS rule that matches, and a page sees only the headers that this one exposes.
    private string? WarnOfShadow(string id, XElement wanted)
    {
        var shadow = Rules.TakeWhile(rule => IdOf(rule) != id).FirstOrDefault(rule => MatchesFirst(rule, wanted));
        return shadow is null
            ? null
            : $"The rule '{IdOf(shadow)}' comes first, matches the same origins, and does not expose "
                + $"{string.Join(" and ", Headers(wanted))}: pages there always get the whole document. Expose the headers in that "
                + "rule, or move it to the end.";
    }

    private static bool MatchesFirst(XElement rule, XElement wanted) => Values(rule, "AllowedMethod").Contains("GET")
        && Headers(wanted).Except(Headers(rule), StringComparer.OrdinalIgnoreCase).Any()
        && Values(rule, "AllowedOrigin").Any(pattern => IsMatch(Values(wanted, "AllowedOrigin"), pattern));

    private static bool IsMatch(IEnumerable<string> origins, string pattern) => origins.Any(
        new Regex($"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.IgnoreCase).IsMatch);

    private static List<string> Headers(XElement rule) => Values(rule, "ExposeHeader");

    private static List<string> Values(XElement rule, string name) =>
        [.. rule.Elements().Where(each => each.Name.LocalName == name).Select(each => each.Value)];

    private static string? IdOf(XElement rule) => Child(rule, "ID")?.Value;

    // By local name: servers send S3's namespace or none.
    private static XElement? Child(XElement parent, string name) =>
        parent.Elements().FirstOrDefault(element => element.Name.LocalName == name);
}
