using System.Xml;
using System.Xml.Linq;

namespace OffloadedPolling.Provisioning;

/// <summary>An XML document of rules, in which others have rules of their own: a lifecycle, or what CORS allows.</summary>
internal sealed class RuleList
{
    private readonly XElement _root;

    private readonly RuleListKind _kind;

    private RuleList(XElement root, RuleListKind kind) => (_root, _kind) = (root, kind);

    public IEnumerable<XElement> Rules => _root.Elements();

    public static RuleList Parse(string? text, RuleListKind kind)
    {
        if (text is null)
        {
            return new RuleList(new XElement(kind.Namespace + kind.Root), kind);
        }

        XElement root;
        try
        {
            root = XDocument.Parse(text, LoadOptions.PreserveWhitespace).Root!;
        }
        catch (XmlException unreadable)
        {
            throw new UnexpectedDocumentException($"The bucket's {kind.What} is no XML: {unreadable.Message}", unreadable);
        }

        if (root.Name.LocalName != kind.Root)
        {
            throw new UnexpectedDocumentException($"The bucket's {kind.What} is a '{root.Name.LocalName}', not a '{kind.Root}'. Set this part up by hand.");
        }

        return root.Elements().FirstOrDefault(element => element.Name.LocalName != kind.Rule) is { } unknown
            ? throw new UnexpectedDocumentException(
                $"The bucket's {kind.What} holds '{unknown.Name.LocalName}', which this version does not know and will not risk to lose. Set this part up by hand.")
            : new RuleList(root, kind);
    }

    /// <summary>The document with each rule put another way. What stands between them, stays.</summary>
    public RuleList Select(Func<XElement, XElement> change)
    {
        var root = new XElement(_root);
        root.Elements().ToList().ForEach(rule => rule.ReplaceWith(change(rule)));
        return new RuleList(root, _kind);
    }

    public XElement? Find(string id)
    {
        var own = Rules.Where(rule => IdOf(rule) == id).ToList();
        return own.Count <= 1
            ? own.FirstOrDefault()
            : throw new UnexpectedDocumentException($"The bucket's {_kind.What} has {own.Count} rules with the id '{id}'. Remove all but one.");
    }

    /// <summary>The document with a rule in the place of the one with its id, or at the end. All else stays as it is.</summary>
    public string With(string id, XElement rule)
    {
        var root = new XElement(_root);
        rule = InNamespace(rule, root.Name.Namespace);
        if (root.Elements().FirstOrDefault(each => IdOf(each) == id) is { } own)
        {
            own.ReplaceWith(rule);
        }
        else
        {
            root.Add(rule);
        }

        var count = root.Elements().Count();
        return count <= _kind.MaxRules
            ? root.ToString(SaveOptions.DisableFormatting)
            : throw new UnexpectedDocumentException($"The bucket's {_kind.What} would have {count} rules with it, and S3 takes {_kind.MaxRules}. Remove one that nobody needs.");
    }

    /// <summary>The document without the rule with an id; <see langword="null"/> if it has no other.</summary>
    public string? Without(string id)
    {
        var root = new XElement(_root);
        root.Elements().Where(each => IdOf(each) == id).Remove();
        return root.HasElements ? root.ToString(SaveOptions.DisableFormatting) : null;
    }

    /// <summary>
    /// A document as it was before a rule of ours was put in: what was read then, or where others have changed theirs meanwhile, theirs as they
    /// are now with our own as it was.
    /// </summary>
    /// <param name="now">The document as it is.</param>
    /// <param name="before">The document as it was.</param>
    /// <param name="kind">What it is made of.</param>
    /// <param name="id">Of our own rule.</param>
    /// <param name="meaning">The meaning of a rule, as a text.</param>
    public static BucketDocument? TakeBack(BucketDocument? now, BucketDocument? before, RuleListKind kind, string id, Func<XElement, string> meaning)
    {
        var (present, past) = (Parse(now?.Text, kind), Parse(before?.Text, kind));
        if (present.Others(id).Select(meaning).SequenceEqual(past.Others(id).Select(meaning)))
        {
            return before;
        }

        var text = past.Find(id) is { } own ? present.With(id, own) : present.Without(id);
        return text is null ? null : new BucketDocument(text, now?.DefaultMinimumObjectSize);
    }

    /// <summary>A rule of ours that is not to be there, and the document without it; <see langword="null"/> if it is not there.</summary>
    public static Finding? CompareRemains(BucketDocument? before, RuleListKind kind, string id)
    {
        var rules = Parse(before?.Text, kind);
        return rules.Find(id) is { } found
            ? Finding.Wrong(
                wasThere: true,
                $"the rule {found.ToString(SaveOptions.DisableFormatting)}",
                before,
                rules.Without(id) is { } rest ? new BucketDocument(rest, before?.DefaultMinimumObjectSize) : null)
            : null;
    }

    private IEnumerable<XElement> Others(string id) => Rules.Where(rule => IdOf(rule) != id);

    public static string? IdOf(XElement rule) => Child(rule, "ID")?.Value;

    // Whatever the namespace: servers send S3's, or none.
    public static XElement? Child(XElement parent, string name) => parent.Elements().FirstOrDefault(element => element.Name.LocalName == name);

    public static XElement InNamespace(XElement element, XNamespace space) =>
        new(space + element.Name.LocalName, element.HasElements ? element.Elements().Select(child => InNamespace(child, space)) : element.Value);
}
