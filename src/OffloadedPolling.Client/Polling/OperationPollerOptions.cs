namespace OffloadedPolling.Client;

/// <summary>Provides options for <see cref="OperationPoller"/>. They are read once, when the poller is created.</summary>
public sealed class OperationPollerOptions
{
    // Timers support at most 49 days.
    private static readonly TimeSpan _longestTimeout = TimeSpan.FromDays(49);

    private static readonly TimeSpan _longestRequest = TimeSpan.FromDays(1);

    /// <summary>Gets or sets the host's base URL. It makes a relative <see cref="AcceptedOperation.OperationUrl"/> absolute.</summary>
    /// <value>
    /// An absolute http or https URL. If it is not set, a relative operation URL cannot be used, so expired status URLs are not renewed.
    /// <see cref="OperationPoller.ReadAcceptedAsync"/> makes operation URLs absolute without this option.
    /// </value>
    public Uri? HostAddress { get; set; }

    /// <summary>
    /// Gets or sets a function that adds the host's credentials to requests for a new status URL. The poller sends no other request to the
    /// host, and sends these credentials nowhere else.
    /// </summary>
    /// <value>
    /// If it is not set, the requests have no credentials. An exception that it throws ends the wait. If <see cref="HostAddress"/> is also
    /// set, operation URLs of another origin are refused. Otherwise resume tokens are refused, because a changed token could send the
    /// credentials to another server.
    /// </value>
    public Func<HttpRequestMessage, CancellationToken, ValueTask>? AuthorizeRenewal { get; set; }

    /// <summary>
    /// Gets or sets a function that creates the reader of a status document from the operation's ID. The poller then polls with the reader
    /// instead of the status URL. Callers with AWS credentials can use <c>S3StatusReader</c> of the package
    /// <c>OffloadedPolling.Client.S3</c>.
    /// </summary>
    /// <value>
    /// If it is not set, the poller polls the status URL. If it is set, it is called once for each wait. No request is sent to a status URL
    /// or an operation URL, and a refusal by the reader ends the wait.
    /// </value>
    public Func<string, IStatusReader>? NewReader { get; set; }

    /// <summary>Gets or sets the average delay from the end of an operation to its detection. A shorter delay needs more polls.</summary>
    /// <value>More than 0. The default is <see cref="PollSchedule.DefaultTargetDelay"/> of the operation's estimate.</value>
    public TimeSpan? TargetDelay { get; set; }

    /// <summary>Gets or sets the maximum interval between two polls, for callers that show progress. A back-off may be longer.</summary>
    /// <value>More than 0. If it is not set, the interval depends only on the estimate.</value>
    public TimeSpan? AtLeastEvery { get; set; }

    /// <summary>Gets or sets the maximum duration of the wait.</summary>
    /// <value>
    /// More than 0 and at most 49 days. The default is <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>, which means no limit.
    /// </value>
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Gets or sets the maximum duration of one request. After that, the request has failed and is retried.</summary>
    /// <value>More than 0 and at most 1 day. The default is 30 seconds.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the time provider that measures waits. Its time of day is not used.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Gets or sets a function that is called after each poll, before its document is returned. Calls of one wait never overlap. The
    /// function blocks the poller, so keep it short.
    /// </summary>
    /// <value>An exception that it throws ends the wait.</value>
    public Action<OperationPoll>? Polled { get; set; }

    /// <summary>Gets or sets the source of uniform random numbers from 0 (inclusive) to 1 (exclusive).</summary>
    internal Func<double> Random { get; set; } = System.Random.Shared.NextDouble;

    /// <summary>Validates the options and returns a copy of them.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal OperationPollerOptions Checked()
    {
        if (HostAddress is not null && !HttpUrl.IsHttp(HostAddress))
        {
            throw Wrong(
                nameof(HostAddress),
                "is not an absolute http or https URL. Set it to the host's URL, such as https://orders.example.com.");
        }

        CheckPositive(nameof(TargetDelay), TargetDelay, null);
        CheckPositive(nameof(AtLeastEvery), AtLeastEvery, null);
        CheckPositive(nameof(RequestTimeout), RequestTimeout, _longestRequest);
        CheckPositive(nameof(Timeout), Timeout == System.Threading.Timeout.InfiniteTimeSpan ? null : Timeout, _longestTimeout);
        return TimeProvider is null
            ? throw Wrong(nameof(TimeProvider), "is null. Set it to TimeProvider.System or another time provider.")
            : (OperationPollerOptions)MemberwiseClone();
    }

    private static void CheckPositive(string name, TimeSpan? value, TimeSpan? most)
    {
        if (value <= TimeSpan.Zero || value > most)
        {
            var limit = most is { Days: var days } ? $" and at most {days} day(s)" : "";
            throw Wrong(name, $"is {value}; it must be more than 0{limit}.");
        }
    }

    private static ArgumentException Wrong(string name, string what) => new($"{nameof(OperationPollerOptions)}.{name} {what}");
}
