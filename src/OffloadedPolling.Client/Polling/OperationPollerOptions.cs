namespace OffloadedPolling.Client;

/// <summary>Options of an <see cref="OperationPoller"/>. They are read once, when the poller is created.</summary>
public sealed class OperationPollerOptions
{
    // A timer takes at most 49 days.
    private static readonly TimeSpan _longestTimeout = TimeSpan.FromDays(49);

    private static readonly TimeSpan _longestRequest = TimeSpan.FromDays(1);

    /// <summary>Gets or sets the host's address, which a relative <see cref="AcceptedOperation.OperationUrl"/> is relative to.</summary>
    /// <value>
    /// An absolute http or https address. If it is not set, a relative operation URL cannot be used, so a status URL that has expired is
    /// not renewed. <see cref="OperationPoller.ReadAcceptedAsync"/> makes operation URLs absolute and does not need this setting.
    /// </value>
    public Uri? HostAddress { get; set; }

    /// <summary>
    /// Gets or sets a function that adds the host's credentials to the request for a new status URL. The poller sends no other request to
    /// the host, and sends credentials to nobody else.
    /// </summary>
    /// <value>
    /// If it is not set, the request has no credentials. An exception that it throws ends the wait. If <see cref="HostAddress"/> is set,
    /// too, operation URLs of another origin are refused, so that the credentials go nowhere else. If it is not, resume tokens are refused:
    /// whoever can change a token could say where the credentials go.
    /// </value>
    public Func<HttpRequestMessage, CancellationToken, ValueTask>? AuthorizeRenewal { get; set; }

    /// <summary>
    /// Gets or sets a function that creates the reader of an operation's document, given the operation's id. The poller then polls with the
    /// reader instead of the status URL. For callers with credentials of their own: <c>S3StatusReader</c> of the package
    /// <c>OffloadedPolling.Client.S3</c>.
    /// </summary>
    /// <value>
    /// If it is not set, the poller polls the status URL. If it is set, it is called once for each wait, no request goes to a status URL or
    /// an operation URL, and a refusal by the reader ends the wait.
    /// </value>
    public Func<string, IStatusReader>? NewReader { get; set; }

    /// <summary>Gets or sets how long the end of an operation may go unnoticed on average. A shorter delay takes more polls.</summary>
    /// <value>More than 0. The default is <see cref="PollSchedule.DefaultTargetDelay"/> of the operation's estimate.</value>
    public TimeSpan? TargetDelay { get; set; }

    /// <summary>Gets or sets the longest wait between two polls, for callers that show progress. A back-off may take longer.</summary>
    /// <value>More than 0. If it is not set, the estimate decides.</value>
    public TimeSpan? AtLeastEvery { get; set; }

    /// <summary>Gets or sets the deadline of the whole wait, from its start.</summary>
    /// <value>More than 0 and at most 49 days, or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>, the default.</value>
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Gets or sets how long one request may take before it counts as failed and is retried.</summary>
    /// <value>More than 0 and at most 1 day. The default is 30 seconds.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the clock that waits are measured with. Its time of day does not matter.</summary>
    /// <value>The default is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Gets or sets a function that is called after each poll, before its document is returned. Calls never overlap. It runs on the thread
    /// that polls, so it should be quick.
    /// </summary>
    /// <value>An exception that it throws ends the wait.</value>
    public Action<OperationPoll>? Polled { get; set; }

    /// <summary>Gets or sets the source of randomness: from 0 (inclusive) to 1 (exclusive), uniform.</summary>
    internal Func<double> Random { get; set; } = System.Random.Shared.NextDouble;

    /// <summary>Returns a copy that later changes do not reach.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    internal OperationPollerOptions Checked()
    {
        if (HostAddress is not null && !HttpUrl.IsHttp(HostAddress))
        {
            throw Wrong(
                nameof(HostAddress),
                "is no absolute http or https address. Set the address that the host is reached at, such as https://orders.example.com.");
        }

        CheckPositive(nameof(TargetDelay), TargetDelay, null);
        CheckPositive(nameof(AtLeastEvery), AtLeastEvery, null);
        CheckPositive(nameof(RequestTimeout), RequestTimeout, _longestRequest);
        CheckPositive(nameof(Timeout), Timeout == System.Threading.Timeout.InfiniteTimeSpan ? null : Timeout, _longestTimeout);
        return TimeProvider is null ? throw Wrong(nameof(TimeProvider), "is null.") : (OperationPollerOptions)MemberwiseClone();
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
