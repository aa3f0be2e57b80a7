namespace OffloadedPolling.Client;

/// <summary>How an <see cref="OperationPoller"/> looks. Read once, when the poller is made.</summary>
public sealed class OperationPollerOptions
{
    // What a timer takes is 49 days.
    private static readonly TimeSpan _longestTimeout = TimeSpan.FromDays(49);

    private static readonly TimeSpan _longestRequest = TimeSpan.FromDays(1);

    /// <summary>The host's address, which a relative <see cref="AcceptedOperation.OperationUrl"/> is relative to.</summary>
    /// <value>
    /// An absolute http or https address. Unset: a relative operation URL cannot be used, so that a status URL that has expired is not
    /// renewed. <see cref="OperationPoller.ReadAcceptedAsync"/> makes operation URLs absolute, and needs no setting.
    /// </value>
    public Uri? HostAddress { get; set; }

    /// <summary>
    /// Adds the host's credentials to the request for a new status URL, and to nothing else: no other request goes to the host, and status
    /// URLs take none.
    /// </summary>
    /// <value>
    /// Unset: the host is asked without credentials. What it throws ends the wait as it is. Where <see cref="HostAddress"/> is set too,
    /// operation URLs that are not of that origin are refused, so that the credentials go nowhere else. Where it is not, resume tokens are
    /// refused: whoever can change one would say where the credentials go.
    /// </value>
    public Func<HttpRequestMessage, CancellationToken, ValueTask>? AuthorizeRenewal { get; set; }

    /// <summary>
    /// Makes what looks at an operation's document in the place of its status URL, given the operation's id. For callers with credentials of
    /// their own: <c>S3StatusReader</c> of the package OffloadedPolling.
    /// </summary>
    /// <value>
    /// Unset: the status URL is looked at. Set, it is called once for each wait, and neither status URLs nor operation URLs are asked; the
    /// reader's refusal is the end of the wait.
    /// </value>
    public Func<string, IStatusReader>? NewReader { get; set; }

    /// <summary>How long the end of an operation may go unnoticed on average: the less, the more looks.</summary>
    /// <value>More than 0. Unset: <see cref="PollSchedule.DefaultTargetDelay"/> of the operation's estimate.</value>
    public TimeSpan? TargetDelay { get; set; }

    /// <summary>The longest wait between two looks, for those who show progress; looks that fail wait longer where they must.</summary>
    /// <value>More than 0. Unset: as the estimate allows.</value>
    public TimeSpan? AtLeastEvery { get; set; }

    /// <summary>The deadline of the whole wait, from its beginning.</summary>
    /// <value>More than 0 and at most 49 days, or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>, which it is unless set.</value>
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>How long one request may take before it counts as failed and is made again.</summary>
    /// <value>More than 0 and at most 1 day; 30 seconds unless set.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock that waits are measured with. What time of day it says never matters.</summary>
    /// <value>The system's unless set.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Told of every look, before its document is handed on. Called in turn, on whatever thread looks; to be quick.</summary>
    /// <value>Unset: nobody is told. What it throws ends the wait.</value>
    public Action<OperationLook>? Looked { get; set; }

    /// <summary>From 0 (inclusive) to 1 (exclusive), even.</summary>
    internal Func<double> Random { get; set; } = System.Random.Shared.NextDouble;

    /// <summary>A copy that later changes do not reach.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    internal OperationPollerOptions Checked()
    {
        if (HostAddress is not null && !HttpUrl.IsOne(HostAddress))
        {
            throw Wrong(
                nameof(HostAddress),
                "is no absolute http or https address. Set the address that the host is reached at, such as https://orders.example.com.");
        }

        CheckPositive(nameof(TargetDelay), TargetDelay, TimeSpan.MaxValue);
        CheckPositive(nameof(AtLeastEvery), AtLeastEvery, TimeSpan.MaxValue);
        CheckPositive(nameof(RequestTimeout), RequestTimeout, _longestRequest);
        CheckPositive(nameof(Timeout), Timeout == System.Threading.Timeout.InfiniteTimeSpan ? null : Timeout, _longestTimeout);
        return TimeProvider is null ? throw Wrong(nameof(TimeProvider), "is null.") : (OperationPollerOptions)MemberwiseClone();
    }

    private static void CheckPositive(string name, TimeSpan? value, TimeSpan most)
    {
        if (value <= TimeSpan.Zero || value > most)
        {
            throw Wrong(name, $"is {value}; it must be more than 0{(most == TimeSpan.MaxValue ? "" : $" and at most {most.Days} day(s)")}.");
        }
    }

    private static ArgumentException Wrong(string name, string what) => new($"{nameof(OperationPollerOptions)}.{name} {what}");
}
