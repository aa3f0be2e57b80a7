namespace OffloadedPolling.Client;

/// <summary>When a watch polls first.</summary>
internal enum FirstPoll
{
    /// <summary>At once: nothing is known of the document.</summary>
    AtOnce,

    /// <summary>After <c>Retry-After</c>: the document may be of any age, because the accept was repeated.</summary>
    AfterRetryAfter,

    /// <summary>When the estimate's schedule says: the document was just created.</summary>
    Scheduled,
}

/// <summary>What a watch begins with.</summary>
/// <remarks>Not a record, which would print its URLs.</remarks>
internal sealed class WatchedOperation
{
    public required string Id { get; init; }

    /// <summary>Gets the URL to poll; <see langword="null"/> if the host is asked for one first.</summary>
    public Uri? StatusUrl { get; init; }

    public DateTimeOffset? StatusUrlExpiresAt { get; init; }

    /// <summary>Gets the address where the host renews the status URL; <see langword="null"/> if it is unknown.</summary>
    public Uri? OperationUrl { get; init; }

    public OperationEstimate? Estimate { get; init; }

    public TimeSpan RetryAfter { get; init; }

    public required FirstPoll FirstPoll { get; init; }

    /// <exception cref="ArgumentException">The operation cannot be watched.</exception>
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
            FirstPoll = accepted is { Status: OperationState.NotStarted, Repeated: false }
                ? FirstPoll.Scheduled
                : FirstPoll.AfterRetryAfter,
        };
    }

    /// <exception cref="FormatException">The text is not a resume token.</exception>
    /// <exception cref="ArgumentException">The operation cannot be watched.</exception>
    /// <exception cref="InvalidOperationException">There are credentials for the host, and no setting says where the host is.</exception>
    public static WatchedOperation From(string resumeToken, OperationPollerOptions options)
    {
        ArgumentNullException.ThrowIfNull(resumeToken);
        if (options is { AuthorizeRenewal: not null, HostAddress: null })
        {
            throw new InvalidOperationException(
                $"A resume token that somebody has changed would take the host's credentials anywhere: {nameof(OperationPollerOptions)}."
                + $"{nameof(OperationPollerOptions.AuthorizeRenewal)} is set. "
                + $"Set {nameof(OperationPollerOptions.HostAddress)} to go on from resume tokens.");
        }

        var token = ResumeToken.Parse(resumeToken);
        return new WatchedOperation
        {
            Id = token.Id,
            StatusUrl = HttpUrl.Parse(token.StatusUrl),
            StatusUrlExpiresAt = token.StatusUrlExpiresAt,
            OperationUrl = Trusted(HttpUrl.Parse(token.OperationUrl), options, nameof(resumeToken)),
            FirstPoll = FirstPoll.AtOnce,
        };
    }

    // A token that somebody has changed must not take the host's credentials elsewhere.
    private static Uri? Trusted(Uri? operationUrl, OperationPollerOptions options, string parameter) =>
        operationUrl is null || options.AuthorizeRenewal is null || options.HostAddress is null
        || HttpUrl.HasOrigin(operationUrl, options.HostAddress)
            ? operationUrl
            : throw new ArgumentException(
                $"The operation URL is of another origin than {nameof(OperationPollerOptions.HostAddress)}, and "
                + $"{nameof(OperationPollerOptions.AuthorizeRenewal)} would take the host's credentials there.",
                parameter);
}
