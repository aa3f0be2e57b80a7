using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OffloadedPolling.Provisioning;

/// <summary>The rule that lets pages poll, known by its id.</summary>
internal sealed class CorsPart(string name, string shouldBe, CorsRule rule) : BucketPart(name, "cors", shouldBe)
{
    public CorsRule Rule => rule;

    public override Finding Compare(BucketDocument? before)
    {
        var rules = RuleList.Parse(before?.Text, RuleListKind.Cors);
        var found = rules.Find(rule.Id);
        var shadow = WhatAnswersFirst(rules.Rules.TakeWhile(other => other != found));
        return found is not null && Normal(found) == Normal(rule.ToXml())
            ? Finding.Right("so", shadow)
            : Finding.Wrong(
                found is not null,
                found is null ? "no such rule" : $"the rule {found.ToString(SaveOptions.DisableFormatting)}",
                before,
                new BucketDocument(rules.With(rule.Id, rule.ToXml())),
                shadow);
    }

    public override Finding? CompareRemains(BucketDocument? before) => RuleList.CompareRemains(before, RuleListKind.Cors, rule.Id);

    public override BucketDocument? TakeBack(BucketDocument? now, Finding finding) =>
        RuleList.TakeBack(now, finding.Before, RuleListKind.Cors, rule.Id, Normal);

    // S3 answers by the first rule that fits, and a page sees the headers that this one exposes.
    private string? WhatAnswersFirst(IEnumerable<XElement> earlier)
    {
        foreach (var other in earlier.Where(other => Values(other, "AllowedMethod").Contains("GET")))
        {
            var exposed = Values(other, "ExposeHeader").ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (!CorsRule.Exposed.All(exposed.Contains) && rule.Origins.FirstOrDefault(origin => Values(other, "AllowedOrigin").Any(pattern => Fits(origin, pattern))) is { } origin)
            {
                return $"The rule '{RuleList.IdOf(other) ?? "without an id"}' stands before and also fits {origin}, without exposing {string.Join(" and ", CorsRule.Exposed)}: "
                    + "pages there see no version of a document and poll with whole answers. Have that rule expose them, or move it behind.";
            }
        }

        return null;
    }

    private static IEnumerable<string> Values(XElement rule, string name) => rule.Elements().Where(each => each.Name.LocalName == name).Select(each => each.Value);

    private static bool Fits(string origin, string pattern) =>
        Regex.IsMatch(origin, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    // The order of elements and namespaces change nothing, nor does the case of headers, which some servers lower.
    private static string Normal(XElement rule) => string.Join('\n', rule.Elements()
        .Select(each => $"{each.Name.LocalName}={(each.Name.LocalName.EndsWith("Header", StringComparison.Ordinal) ? each.Value.ToUpperInvariant() : each.Value)}")
        .Order(StringComparer.Ordinal));
}
