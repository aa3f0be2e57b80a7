namespace OffloadedPolling.Provisioning;

/// <summary>One part of the set-up, which lies in one of the bucket's configuration documents.</summary>
/// <param name="name">What it is called: as its switch.</param>
/// <param name="resource">The document's name in the query: <c>lifecycle</c>.</param>
/// <param name="shouldBe">What should be, in words.</param>
internal abstract class BucketPart(string name, string resource, string shouldBe)
{
    public string Name => name;

    public string Resource => resource;

    public string ShouldBe => shouldBe;

    /// <summary>Why it is not to be applied; <see langword="null"/> if it is.</summary>
    public (StatusBucketPartState State, string Reason)? WhyNot { get; init; }

    /// <summary>Whether a presigned read from this machine may fail with it: it is about callers, who are elsewhere.</summary>
    public bool MayExcludeThisMachine { get; init; }

    /// <summary>What to say of it wherever it is on.</summary>
    public string? Warning { get; init; }

    /// <summary>Reads the document, and says how the part stands in it.</summary>
    /// <exception cref="UnexpectedDocumentException">The document holds what would be lost.</exception>
    public virtual async Task<Finding> InspectAsync(BucketDocuments documents, CancellationToken cancel) =>
        Compare(await documents.ReadAsync(resource, cancel).ConfigureAwait(false));

    /// <summary>What of a part that is not to be applied is still there, to be removed; <see langword="null"/> if nothing is known by its name.</summary>
    /// <exception cref="UnexpectedDocumentException">The document holds what would be lost.</exception>
    public async Task<Finding?> InspectRemainsAsync(BucketDocuments documents, CancellationToken cancel) =>
        IsKnownByName ? CompareRemains(await documents.ReadAsync(resource, cancel).ConfigureAwait(false)) : null;

    /// <summary>Whether what it puts bears a name of this library's own.</summary>
    public virtual bool IsKnownByName => true;

    /// <summary>What of the part is in a document, and the document without it; <see langword="null"/> if nothing is.</summary>
    public abstract Finding? CompareRemains(BucketDocument? before);

    /// <summary>How the part stands in a document, and the document with the part in it.</summary>
    public abstract Finding Compare(BucketDocument? before);

    /// <summary>The document with the part as it was before: what was read then, or where others have changed it meanwhile, theirs with our own taken back.</summary>
    /// <param name="now">The document as it is.</param>
    /// <param name="finding">What was found before the part was applied.</param>
    /// <exception cref="UnexpectedDocumentException">The document holds what would be lost.</exception>
    public abstract BucketDocument? TakeBack(BucketDocument? now, Finding finding);
}
