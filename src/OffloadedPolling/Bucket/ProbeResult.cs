namespace OffloadedPolling.Bucket;

/// <summary>What came of writing and reading an object.</summary>
/// <param name="Client">What failed with the client's own requests; <see langword="null"/> if nothing.</param>
/// <param name="Presigned">What failed with a presigned read; <see langword="null"/> if nothing.</param>
/// <param name="Leftover">What is to be said of the object, if it could not be deleted.</param>
internal sealed record ProbeResult(string? Client, string? Presigned, string? Leftover)
{
    public string? Failure(bool judgePresigned) => Client ?? (judgePresigned ? Presigned : null);

    public string Describe(bool judgePresigned) => string.Join(' ', new[]
    {
        Failure(judgePresigned) is { } failure ? $"Failed: {failure}"
            : Presigned is { } excluded ? $"Writing and reading work. A presigned read from this machine does not, as S3:AllowedIpRanges and S3:AllowedVpcEndpoints ask for it: {excluded}"
            : "Writing, reading and a presigned read work.",
        Leftover,
    }.OfType<string>());
}
