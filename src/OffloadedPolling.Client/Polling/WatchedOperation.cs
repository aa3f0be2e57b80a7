namespace OffloadedPolling.Client;

/// <summary>Specifies when a watch polls first.</summary>
internal enum FirstPoll
{
    /// <summary>Immediately, because nothing is known about the document.</summary>
    AtOnce,

    /// <summary>After <c>Retry-After</c>, because the accept was repeated and the document's age is unknown.</summary>
    AfterRetryAfter,

    /// <summary>By the estimate's schedule, because the document was just created.</summary>
    Scheduled,
}

/// <summary>The initial data of a watch.</summary>
/// <remarks>This type is not a record, because a record would print its URLs.</remarks>
internal sealed class WatchedOperation
{
    public required string Id { get; init; }

    /// <summary>Gets the URL to poll; <see langword="null"/> if the host must issue one first.</summary>
    public Uri? StatusUrl { get; init; }

    public DateTimeOffset? StatusUrlExpiresAt { get; init; }

    /// <summary>Gets the operation URL; <see langword="null"/> if it is unknown.</summary>
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
                $"The status URL of operation {accepted.Id} is not an absolute http or https URL. Pass it exactly as the host returned it.",
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
    /// <exception cref="InvalidOperationException">Credentials for the host are set, but the host's address is not.</exception>
    public static WatchedOperation From(string resumeToken, OperationPollerOptions options)
    {
        ArgumentNullException.ThrowIfNull(resumeToken);
        if (options is { AuthorizeRenewal: not null, HostAddress: null })
        {
            throw new InvalidOperationException(
                $"Resume tokens need {nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.HostAddress)} when "
                + $"{nameof(OperationPollerOptions.AuthorizeRenewal)} is set, because a changed token could send the host's credentials to "
                + $"another server. Set {nameof(OperationPollerOptions.HostAddress)} to the host's URL.");
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

    // A changed token must not send the host's credentials to another server.
    private static Uri? Trusted(Uri? operationUrl, OperationPollerOptions options, string parameter) =>
        operationUrl is null || options.AuthorizeRenewal is null || options.HostAddress is null
        || HttpUrl.HasOrigin(operationUrl, options.HostAddress)
            ? operationUrl
            : throw new ArgumentException(
                $"The operation URL has another origin than {nameof(OperationPollerOptions.HostAddress)}, and "
                + $"{nameof(OperationPollerOptions.AuthorizeRenewal)} would send the host's credentials there.",
                parameter);
}
