namespace OffloadedPolling.Client;

/// <summary>What a watch begins with.</summary>
/// <remarks>No record, which would print its URLs.</remarks>
internal sealed class WatchedOperation
{
    public required string Id { get; init; }

    /// <summary>Where to look; <see langword="null"/> if the host is to be asked first.</summary>
    public Uri? StatusUrl { get; init; }

    public DateTimeOffset? StatusUrlExpiresAt { get; init; }

    /// <summary>Where the host renews the status URL; <see langword="null"/> if that is not known.</summary>
    public Uri? OperationUrl { get; init; }

    public OperationEstimate? Estimate { get; init; }

    public TimeSpan RetryAfter { get; init; }

    /// <summary>How old the document is, of which <see cref="Estimate"/> and the state are.</summary>
    public required Acquaintance Acquaintance { get; init; }

    /// <exception cref="ArgumentException">It cannot be watched.</exception>
    public static WatchedOperation From(AcceptedOperation accepted, OperationPollerOptions options)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        var url = HttpUrl.Parse(accepted.StatusUrl)
            ?? throw new ArgumentException(
                $"The status URL of operation {accepted.Id} is no absolute http or https URL. Pass it byte for byte as the host wrote it.",
                nameof(accepted));
        return new WatchedOperation
        {
            Id = accepted.Id,
            StatusUrl = url,
            StatusUrlExpiresAt = accepted.StatusUrlExpiresAt,
            OperationUrl = Trusted(HttpUrl.OfOperation(accepted.OperationUrl, options.HostAddress), options, nameof(accepted)),
            Estimate = accepted.Estimate,
            RetryAfter = accepted.RetryAfter,
            Acquaintance = accepted is { Status: OperationState.NotStarted, Repeated: false } ? Acquaintance.New : Acquaintance.Old,
        };
    }

    /// <exception cref="FormatException">It is no resume token.</exception>
    /// <exception cref="ArgumentException">It cannot be watched.</exception>
    /// <exception cref="InvalidOperationException">There are credentials for the host, and nothing says where the host is.</exception>
    public static WatchedOperation From(string resumeToken, OperationPollerOptions options)
    {
        ArgumentNullException.ThrowIfNull(resumeToken);
        if (options is { AuthorizeRenewal: not null, HostAddress: null })
        {
            throw new InvalidOperationException(
                $"A resume token that somebody has changed would take the host's credentials anywhere: {nameof(OperationPollerOptions)}."
                + $"{nameof(OperationPollerOptions.AuthorizeRenewal)} is set. Set {nameof(OperationPollerOptions.HostAddress)} to go on from resume tokens.");
        }

        var token = ResumeToken.Parse(resumeToken);
        return new WatchedOperation
        {
            Id = token.Id,
            StatusUrl = HttpUrl.Parse(token.StatusUrl),
            StatusUrlExpiresAt = token.StatusUrlExpiresAt,
            OperationUrl = Trusted(HttpUrl.Parse(token.OperationUrl), options, nameof(resumeToken)),
            Acquaintance = Acquaintance.None,
        };
    }

    // A token that somebody has changed must not take the host's credentials elsewhere.
    private static Uri? Trusted(Uri? operationUrl, OperationPollerOptions options, string parameter) =>
        operationUrl is null || options.AuthorizeRenewal is null || options.HostAddress is null
        || HttpUrl.IsOfOrigin(operationUrl, options.HostAddress)
            ? operationUrl
            : throw new ArgumentException(
                $"The operation URL is of another origin than {nameof(OperationPollerOptions.HostAddress)}, and "
                + $"{nameof(OperationPollerOptions.AuthorizeRenewal)} would take the host's credentials there.",
                parameter);
}
