namespace OffloadedPolling.Provisioning;

/// <summary>What came of writing and reading an object.</summary>
/// <param name="Client">What failed with the client's own requests; <see langword="null"/> if nothing.</param>
/// <param name="Presigned">What failed with a presigned read; <see langword="null"/> if nothing.</param>
internal sealed record ProbeResult(string? Client, string? Presigned)
{
    public string? Failure(bool judgePresigned) => Client ?? (judgePresigned ? Presigned : null);

    public string Describe(bool judgePresigned) => Failure(judgePresigned) is { } failure ? $"Failed: {failure}"
        : Presigned is { } excluded ? $"Writing and reading work. A presigned read from this machine does not, as S3:AllowedIpRanges and S3:AllowedVpcEndpoints ask for it: {excluded}"
        : "Writing, reading and a presigned read work.";
}
