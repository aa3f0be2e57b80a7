using System.Xml.Linq;

namespace OffloadedPolling.Provisioning;

/// <summary>One rule of the bucket's lifecycle, known by its id.</summary>
internal class LifecyclePart(string name, string shouldBe, LifecycleRule rule) : BucketPart(name, "lifecycle", shouldBe)
{
    public LifecycleRule Rule => rule;

    public override Finding Compare(BucketDocument? before)
    {
        var rules = RuleList.Parse(before?.Text, RuleListKind.Lifecycle);
        var found = rules.Find(rule.Id);

        // S3 refuses a lifecycle in which some rules have their prefix in a filter, and others by themselves.
        var prefixInRule = rules.Rules.Any(other => other != found && !OwnNames.IsRuleId(RuleList.IdOf(other)) && RuleList.Child(other, "Prefix") is not null);
        if (found is not null && Normal(found) == Normal(rule.ToXml(prefixInRule: false)))
        {
            return Finding.Right("so");
        }

        if (prefixInRule && rule.AboveBytes is not null)
        {
            throw new UnexpectedDocumentException(
                "Other rules of the bucket's lifecycle are of the old form, with a Prefix outside a Filter, beside which S3 takes no rule with a size. Bring them into the new form.");
        }

        var after = new BucketDocument((prefixInRule ? rules : rules.Select(ToNewForm)).With(rule.Id, rule.ToXml(prefixInRule)), before?.DefaultMinimumObjectSize);
        return Finding.Wrong(found is not null, found is null ? "no such rule" : $"the rule {found.ToString(SaveOptions.DisableFormatting)}", before, after);
    }

    public override Finding? CompareRemains(BucketDocument? before) => RuleList.CompareRemains(before, RuleListKind.Lifecycle, rule.Id);

    public override BucketDocument? TakeBack(BucketDocument? now, Finding finding) =>
        RuleList.TakeBack(now, finding.Before, RuleListKind.Lifecycle, rule.Id, Normal);

    // Of this library's alone: they took the old form for a stranger's sake who is gone.
    private static XElement ToNewForm(XElement rule)
    {
        var renewed = new XElement(rule);
        if (OwnNames.IsRuleId(RuleList.IdOf(rule)) && RuleList.Child(renewed, "Prefix") is { } prefix)
        {
            prefix.ReplaceWith(new XElement(renewed.Name.Namespace + "Filter", prefix));
        }

        return renewed;
    }

    // The order of elements, namespaces, and where the prefix stands change nothing.
    private static string Normal(XElement element)
    {
        if (!element.HasElements)
        {
            return $"{element.Name.LocalName}={element.Value.Trim()}";
        }

        if (element.Name.LocalName == "Filter" && element.Elements().ToList() is [{ Name.LocalName: "Prefix" } prefix])
        {
            return Normal(prefix);
        }

        return $"{element.Name.LocalName}({string.Join(',', element.Elements().Select(Normal).Order(StringComparer.Ordinal))})";
    }
}
