using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>A poller with its time and its servers. Its chance is always in the middle, so that nothing is jittered, unless a test says so.</summary>
internal sealed class PollerBench : IDisposable
{
    public const string Secret = "5ecre7";

    /// <summary>As S3 presigns: with all that a URI class may be tempted to put in order.</summary>
    public const string StatusUrl =
        "https://bucket.s3.eu-west-1.amazonaws.com/operations/0123?X-Amz-Credential=AK%2F20261123%2Fs3&X-Amz-Security-Token=a+b%2Bc%3D%3d&X-Amz-Signature=" + Secret;

    public const string FreshUrl = "https://bucket.s3.eu-west-1.amazonaws.com/operations/0123?X-Amz-Signature=fresh" + Secret;

    public const string OperationUrl = "https://orders.example.com/operations/" + TestDocuments.Id;

    private readonly HttpClient _http;

    private OperationPoller? _poller;

    public PollerBench(TimeSpan clockError = default)
    {
        Time = new PollerTime { ClockError = clockError };
        Server = new ScriptedServer(Time);
        _http = new HttpClient(Server) { Timeout = Timeout.InfiniteTimeSpan };
        Options = new OperationPollerOptions { TimeProvider = Time, Random = () => 0.5, Polled = look => Looks.Add(look) };
    }

    public static OperationEstimate Estimate { get; } = new() { Median = TimeSpan.FromSeconds(60), Upper = TimeSpan.FromSeconds(100) };

    public PollerTime Time { get; }

    public ScriptedServer Server { get; }

    /// <summary>To be changed before the poller is first used.</summary>
    public OperationPollerOptions Options { get; }

    public List<OperationPoll> Looks { get; } = [];

    public OperationPoller Poller => _poller ??= new OperationPoller(_http, Options);

    public void Dispose()
    {
        _poller?.Dispose();
        _http.Dispose();
        Server.Dispose();
    }

    /// <summary>What a wait along the schedule comes to.</summary>
    public static TimeSpan Scheduled(OperationEstimate? estimate, TimeSpan elapsed) =>
        Waited(new PollSchedule(estimate, PollSchedule.DefaultTargetDelay(estimate)).NextDelay(elapsed));

    /// <summary>A timer takes whole milliseconds.</summary>
    public static TimeSpan Waited(TimeSpan wait) => TimeSpan.FromMilliseconds((long)wait.TotalMilliseconds);

    public AcceptedOperation Accepted(string? operationUrl = OperationUrl, string statusUrl = StatusUrl) => new()
    {
        Id = TestDocuments.Id,
        Status = OperationState.NotStarted,
        StatusUrl = statusUrl,
        StatusUrlExpiresAt = Time.ServerNow.AddHours(1),
        OperationUrl = operationUrl,
        RetryAfter = TimeSpan.FromSeconds(3),
    };

    /// <summary>A document that was written some time ago, of an operation that was accepted at the start.</summary>
    public OperationStatus Document(OperationState state = OperationState.Running, TimeSpan age = default) =>
        TestDocuments.Waiting() with { State = state, CreatedAt = Time.ServerNow - Time.Now, LastUpdatedAt = Time.ServerNow - age };

    public Func<OperationStatus> Succeeded => () => Document(OperationState.Succeeded);

    public async Task<List<OperationStatus>> WatchAsync(AcceptedOperation? accepted = null)
    {
        var seen = new List<OperationStatus>();
        await foreach (var status in Poller.WatchAsync(accepted ?? Accepted()))
        {
            seen.Add(status);
        }

        Assert.True(Server.IsDone, "More was written down than was asked for.");
        return seen;
    }
}
