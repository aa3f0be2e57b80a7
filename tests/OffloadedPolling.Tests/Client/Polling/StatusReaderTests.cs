using System.Net;
using System.Text.Json;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>A poller with a custom status reader: the same schedule, documents, and timeout, but no HTTP requests.</summary>
public sealed class StatusReaderTests : PollerTestBase
{
    private readonly ScriptedReader _reader = new();

    private readonly List<string> _made = [];

    public StatusReaderTests() => Options.NewReader = id =>
    {
        _made.Add(id);
        return _reader;
    };

    [Fact]
    public async Task WatchAsync_ReturnsNewDocumentsAndDisposesReader()
    {
        Shows(OperationState.Running, "\"1\"");
        _reader.Then(() => StatusReading.Unchanged());
        Shows(OperationState.Succeeded, "\"2\"");

        var seen = await WatchAsync();

        seen.Select(status => status.State).Should().Equal(OperationState.Running, OperationState.Succeeded);
        _reader.ETags.Should().Equal(null, "\"1\"", "\"1\"");
        Polls.Select(poll => poll.StatusCode!.Value).Should().Equal(HttpStatusCode.OK, HttpStatusCode.NotModified, HttpStatusCode.OK);
        _made.Should().Equal(TestDocuments.Id);
        _reader.Disposals.Should().Be(1);
        Server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task WatchAsync_WithEstimate_FollowsSchedule()
    {
        Shows(OperationState.Running, "\"1\"", Estimate);
        Shows(OperationState.Succeeded, "\"2\"");

        await WatchAsync(Accepted() with { Estimate = Estimate });

        Time.Waits.Should().Equal(Scheduled(Estimate, TimeSpan.Zero), Scheduled(Estimate, TimeSpan.Zero));
    }

    [Fact]
    public async Task WatchAsync_ReaderReturnsFault_RetriesAfterRetryAfter()
    {
        _reader.Then(() => StatusReading.Failed("no answer", retryAfter: TimeSpan.FromSeconds(20)));
        Shows(OperationState.Succeeded, "\"1\"");

        await WatchAsync();

        Polls[0].Fault.Should().Be("no answer");
        Time.Waits[^1].Should().Be(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task WatchAsync_InvalidBody_ReportsFault()
    {
        _reader.Then(() => StatusReading.Document("{}"u8.ToArray(), null, null));
        Shows(OperationState.Succeeded, "\"1\"");

        await WatchAsync();

        Polls[0].Fault.Should().Be("the body is not a status document");
    }

    [Theory]
    [InlineData(OperationUnavailableReason.Expired)]
    [InlineData(OperationUnavailableReason.Missing)]
    [InlineData(OperationUnavailableReason.Forbidden)]
    public async Task WatchAsync_ReaderRefuses_ThrowsWithoutHttpRequests(OperationUnavailableReason reason)
    {
        // Only the reader can interpret the status code: it may come from a bucket or from the host.
        _reader.Then(() => StatusReading.Refused(reason, "the host answers as told", HttpStatusCode.NotFound));

        var refused = (await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<OperationUnavailableException>()).Which;

        refused.Reason.Should().Be(reason);
        refused.Message.Should().EndWith(": the host answers as told.");
        Server.Requests.Should().BeEmpty();
        _reader.Disposals.Should().Be(1);
    }

    [Fact]
    public async Task WatchAsync_NewReaderReturnsNull_Throws()
    {
        Options.NewReader = _ => null!;

        var wrong = (await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<InvalidOperationException>()).Which;

        wrong.Message.Should().Contain("NewReader returned null");
        Server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task WatchAsync_ReaderReturnsOtherOperation_Throws()
    {
        _reader.Then(() => Document(Document() with { Id = new string('f', 32) }, null));

        var wrong = (await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<InvalidOperationException>()).Which;

        wrong.Message.Should().Contain("The reader of operation");
    }

    [Fact]
    public async Task WaitForCompletionAsync_ReaderHangs_ThrowsAtTimeout()
    {
        Options.Timeout = TimeSpan.FromMinutes(1);
        _reader.Then(async cancellationToken =>
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Time.Jump(), null);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("unreachable");
        });

        await FluentActions.Awaiting(() => Poller.WaitForCompletionAsync(Accepted()))
            .Should().ThrowExactlyAsync<OperationTimeoutException>();

        _reader.Disposals.Should().Be(1);
    }

    [Fact]
    public async Task WaitForCompletionAsync_ResumeToken_PollsImmediately()
    {
        Shows(OperationState.Succeeded, "\"1\"");
        var token = Poller.GetResumeToken(Accepted());

        var ended = await Poller.WaitForCompletionAsync(token);

        ended.State.Should().Be(OperationState.Succeeded);
        Time.Waits.Should().BeEmpty();
        Server.Requests.Should().BeEmpty();
    }

    private void Shows(OperationState state, string etag, OperationEstimate? estimate = null) =>
        _reader.Then(() => Document(Document(state) with { Estimate = estimate }, etag));

    private StatusReading Document(OperationStatus status, string? etag) =>
        StatusReading.Document(JsonSerializer.SerializeToUtf8Bytes(status, OperationJson.Status), etag, Time.ServerNow);

    private sealed class ScriptedReader : IStatusReader, IDisposable
    {
        private readonly Queue<Func<CancellationToken, Task<StatusReading>>> _script = [];

        public List<string?> ETags { get; } = [];

        public int Disposals { get; private set; }

        public void Then(Func<StatusReading> reading) => _script.Enqueue(_ => Task.FromResult(reading()));

        public void Then(Func<CancellationToken, Task<StatusReading>> reading) => _script.Enqueue(reading);

        public async ValueTask<StatusReading> ReadAsync(string? etag, CancellationToken cancellationToken)
        {
            ETags.Add(etag);
            return await _script.Dequeue()(cancellationToken);
        }

        public void Dispose() => Disposals++;
    }
}
