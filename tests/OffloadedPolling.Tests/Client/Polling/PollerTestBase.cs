using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>A poller with fake time and servers. There is no jitter unless a test sets <c>Random</c>.</summary>
public abstract class PollerTestBase : IDisposable
{
    internal const string Secret = "5ecre7";

    /// <summary>A presigned S3 URL with everything that a URI class might normalize.</summary>
    internal const string StatusUrl =
        "https://bucket.s3.eu-west-1.amazonaws.com/operations/0123?X-Amz-Credential=AK%2F20261123%2Fs3"
        + "&X-Amz-Security-Token=a+b%2Bc%3D%3d&X-Amz-Signature=" + Secret;

    internal const string NewStatusUrl = "https://bucket.s3.eu-west-1.amazonaws.com/operations/0123?X-Amz-Signature=fresh" + Secret;

    internal const string OperationUrl = "https://orders.example.com/operations/" + TestDocuments.Id;

    private readonly HttpClient _http;

    private OperationPoller? _poller;

    private protected PollerTestBase()
    {
        Time = new AutoAdvancingTimeProvider();
        Server = new ScriptedServer(Time);
        _http = new HttpClient(Server) { Timeout = Timeout.InfiniteTimeSpan };
        Options = new OperationPollerOptions { TimeProvider = Time, Random = () => 0.5, Polled = Polls.Add };
    }

    private protected static OperationEstimate Estimate { get; } =
        new() { Median = TimeSpan.FromSeconds(60), Upper = TimeSpan.FromSeconds(100) };

    private protected AutoAdvancingTimeProvider Time { get; }

    private protected ScriptedServer Server { get; }

    /// <summary>Gets the options. <see cref="Poller"/> reads them when a test first uses it.</summary>
    private protected OperationPollerOptions Options { get; }

    private protected List<OperationPoll> Polls { get; } = [];

    private protected OperationPoller Poller => _poller ??= NewPoller();

    private protected Func<OperationStatus> Succeeded => () => Document(OperationState.Succeeded);

    public void Dispose()
    {
        _poller?.Dispose();
        _http.Dispose();
        Server.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns the wait that follows the schedule.</summary>
    private protected static TimeSpan Scheduled(OperationEstimate? estimate, TimeSpan elapsed) =>
        Waited(new PollSchedule(estimate, PollSchedule.DefaultTargetDelay(estimate)).NextDelay(elapsed));

    /// <summary>Truncates a wait to whole milliseconds, as timers do.</summary>
    private protected static TimeSpan Waited(TimeSpan wait) => TimeSpan.FromMilliseconds((long)wait.TotalMilliseconds);

    /// <summary>Creates another poller with the current options, as another process would.</summary>
    private protected OperationPoller NewPoller() => new(_http, Options);

    private protected AcceptedOperation Accepted(string? operationUrl = OperationUrl, string statusUrl = StatusUrl) => new()
    {
        Id = TestDocuments.Id,
        Status = OperationState.NotStarted,
        StatusUrl = statusUrl,
        StatusUrlExpiresAt = Time.ServerNow.AddHours(1),
        OperationUrl = operationUrl,
        RetryAfter = TimeSpan.FromSeconds(3),
    };

    /// <summary>Creates a document of the given age for an operation that was accepted at the start.</summary>
    private protected OperationStatus Document(OperationState state = OperationState.Running, TimeSpan age = default) =>
        TestDocuments.Waiting() with { State = state, CreatedAt = Time.ServerNow - Time.Now, LastUpdatedAt = Time.ServerNow - age };

    private protected async Task<List<OperationStatus>> WatchAsync(AcceptedOperation? accepted = null)
    {
        var documents = await Poller.WatchAsync(accepted ?? Accepted()).ToListAsync();

        Server.IsDone.Should().BeTrue("the poller makes all requests that the test expects");
        return documents;
    }
}
