using System.Text.Json.Nodes;

namespace OffloadedPolling.Provisioning;

/// <summary>One statement of the bucket's policy, known by its <c>Sid</c>.</summary>
internal sealed class PolicyPart(string name, string shouldBe, JsonObject statement) : BucketPart(name, "policy", shouldBe)
{
    private readonly string _sid = statement["Sid"]!.GetValue<string>();

    /// <summary>The statement, a copy of it.</summary>
    public JsonObject Statement => statement.DeepClone().AsObject();

    public override Finding Compare(BucketDocument? before)
    {
        var policy = PolicyDocument.Parse(before?.Text);
        var found = policy.Find(_sid);
        if (found is not null && PolicyMeaning.IsSame(found, statement))
        {
            return Finding.Right("so");
        }

        var after = policy.With(Statement);
        return Finding.Wrong(found is not null, found is null ? "no such statement" : $"the statement {found.ToJsonString()}", before, new BucketDocument(after));
    }

    public override Finding? CompareRemains(BucketDocument? before)
    {
        var policy = PolicyDocument.Parse(before?.Text);
        return policy.Find(_sid) is { } found
            ? Finding.Wrong(wasThere: true, $"the statement {found.ToJsonString()}", before, policy.Without(_sid) is { } rest ? new BucketDocument(rest) : null)
            : null;
    }

    public override BucketDocument? TakeBack(BucketDocument? now, Finding finding)
    {
        var (present, past) = (PolicyDocument.Parse(now?.Text), PolicyDocument.Parse(finding.Before?.Text));
        if (present.HasSameBeside(past, _sid))
        {
            return finding.Before;
        }

        return (past.Find(_sid) is { } own ? present.With(own.DeepClone().AsObject()) : present.Without(_sid)) is { } text ? new BucketDocument(text) : null;
    }
}
