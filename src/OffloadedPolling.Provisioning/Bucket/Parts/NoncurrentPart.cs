namespace OffloadedPolling.Provisioning;

/// <summary>The lifecycle rule for old versions, which only a bucket that keeps versions needs.</summary>
internal sealed class NoncurrentPart(string name, string shouldBe, LifecycleRule rule) : LifecyclePart(name, shouldBe, rule)
{
    public override async Task<Finding> InspectAsync(BucketDocuments documents, CancellationToken cancel)
    {
        var versioning = await documents.ReadAsync("versioning", cancel).ConfigureAwait(false);
        // A bucket whose versioning is suspended still has the versions of before.
        return versioning is not null && BucketXml.Values(versioning.Text, "Status").Any()
            ? await base.InspectAsync(documents, cancel).ConfigureAwait(false)
            : Finding.Right("no versions are kept, so none are to be deleted");
    }
}
