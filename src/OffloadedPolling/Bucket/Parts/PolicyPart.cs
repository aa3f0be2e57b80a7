using System.Text.Json.Nodes;

namespace OffloadedPolling.Bucket.Parts;

/// <summary>One statement of the bucket's policy, known by its <c>Sid</c>.</summary>
internal sealed class PolicyPart(string name, string shouldBe, JsonObject statement) : BucketPart(name, "policy", shouldBe)
{
    /// <summary>The statement, a copy of it.</summary>
    public JsonObject Statement => statement.DeepClone().AsObject();

    public override Finding Compare(BucketDocument? before)
    {
        var policy = PolicyDocument.Parse(before?.Text);
        var found = policy.Find(statement["Sid"]!.GetValue<string>());
        if (found is not null && PolicyMeaning.IsSame(found, statement))
        {
            return Finding.Right("so");
        }

        var after = policy.With(Statement);
        return Finding.Wrong(found is not null, found is null ? "no such statement" : $"the statement {found.ToJsonString()}", before, new BucketDocument(after));
    }
}
