using System.Net;
using System.Text.Json;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>A poller that looks by other means than a status URL: schedule, news and deadline are the same, and no HTTP request is made.</summary>
public sealed class NewReaderTests : IDisposable
{
    private readonly PollerBench _bench = new();

    private readonly ScriptedReader _reader = new();

    private readonly List<string> _made = [];

    public NewReaderTests() => _bench.Options.NewReader = id =>
    {
        _made.Add(id);
        return _reader;
    };

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task WatchAsync_ShowsWhatIsNewAndDisposesTheReader()
    {
        Shows(OperationState.Running, "\"1\"");
        _reader.Then(() => StatusReading.Unchanged());
        Shows(OperationState.Succeeded, "\"2\"");

        var seen = await _bench.WatchAsync();

        Assert.Equal([OperationState.Running, OperationState.Succeeded], seen.Select(status => status.State));
        Assert.Equal([null, "\"1\"", "\"1\""], _reader.ETags);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.NotModified, HttpStatusCode.OK], _bench.Looks.Select(look => look.StatusCode!.Value));
        Assert.Equal([TestDocuments.Id], _made);
        Assert.Equal(1, _reader.Disposals);
        Assert.Empty(_bench.Server.Requests);
    }

    [Fact]
    public async Task WatchAsync_TheSchedule_IsThatOfTheEstimateAsWithAStatusUrl()
    {
        Shows(OperationState.Running, "\"1\"", PollerBench.Estimate);
        Shows(OperationState.Succeeded, "\"2\"");

        await _bench.WatchAsync(_bench.Accepted() with { Estimate = PollerBench.Estimate });

        Assert.Equal(
            [PollerBench.Scheduled(PollerBench.Estimate, TimeSpan.Zero), PollerBench.Scheduled(PollerBench.Estimate, TimeSpan.Zero)], _bench.Time.Waits);
    }

    [Fact]
    public async Task WatchAsync_AFault_IsTriedAgainNoSoonerThanItAsks()
    {
        _reader.Then(() => StatusReading.Faulty("no answer", retryAfter: TimeSpan.FromSeconds(20)));
        Shows(OperationState.Succeeded, "\"1\"");

        await _bench.WatchAsync();

        Assert.Equal("no answer", _bench.Looks[0].Fault);
        Assert.Equal(TimeSpan.FromSeconds(20), _bench.Time.Waits[^1]);
    }

    [Fact]
    public async Task WatchAsync_ABodyThatIsNoDocument_IsAFault()
    {
        _reader.Then(() => StatusReading.Document("{}"u8.ToArray(), null, null));
        Shows(OperationState.Succeeded, "\"1\"");

        await _bench.WatchAsync();

        Assert.Equal("the body is no status document", _bench.Looks[0].Fault);
    }

    [Theory]
    [InlineData(OperationUnavailableReason.Expired)]
    [InlineData(OperationUnavailableReason.Missing)]
    [InlineData(OperationUnavailableReason.Forbidden)]
    public async Task WatchAsync_ARefusal_EndsTheWaitWithItsReasonAndAsksNobodyElse(OperationUnavailableReason reason)
    {
        // What the code says is for the reader to judge: it may be that of a bucket, or of the host.
        _reader.Then(() => StatusReading.Refused(reason, "the host answers as told", HttpStatusCode.NotFound));

        var refused = await Assert.ThrowsAsync<OperationUnavailableException>(() => _bench.WatchAsync());

        Assert.Equal(reason, refused.Reason);
        Assert.EndsWith(": the host answers as told.", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_bench.Server.Requests);
        Assert.Equal(1, _reader.Disposals);
    }

    [Fact]
    public async Task WatchAsync_NoReader_IsAFaultOfTheProgram()
    {
        _bench.Options.NewReader = _ => null!;

        var wrong = await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.WatchAsync());

        Assert.Contains("NewReader returned no reader", wrong.Message, StringComparison.Ordinal);
        Assert.Empty(_bench.Server.Requests);
    }

    [Fact]
    public async Task WatchAsync_AReaderOfAnotherOperation_IsAFaultOfTheProgram()
    {
        _reader.Then(() => Document(_bench.Document() with { Id = new string('f', 32) }, null));

        var wrong = await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.WatchAsync());

        Assert.Contains("The reader of operation", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitForCompletionAsync_AReaderThatHangs_EndsWithTheDeadline()
    {
        _bench.Options.Timeout = TimeSpan.FromMinutes(1);
        _reader.Then(async cancel =>
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => _bench.Time.Jump(), null);
            await Task.Delay(Timeout.Infinite, cancel);
            throw new InvalidOperationException("unreachable");
        });

        await Assert.ThrowsAsync<OperationTimeoutException>(() => _bench.Poller.WaitForCompletionAsync(_bench.Accepted()));

        Assert.Equal(1, _reader.Disposals);
    }

    [Fact]
    public async Task WaitForCompletionAsync_FromAResumeToken_LooksAtOnce()
    {
        Shows(OperationState.Succeeded, "\"1\"");
        var token = _bench.Poller.GetResumeToken(_bench.Accepted());

        var ended = await _bench.Poller.WaitForCompletionAsync(token);

        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Empty(_bench.Time.Waits);
        Assert.Empty(_bench.Server.Requests);
    }

    private void Shows(OperationState state, string etag, OperationEstimate? estimate = null) =>
        _reader.Then(() => Document(_bench.Document(state) with { Estimate = estimate }, etag));

    private StatusReading Document(OperationStatus status, string? etag) =>
        StatusReading.Document(JsonSerializer.SerializeToUtf8Bytes(status, OperationJson.Status), etag, _bench.Time.ServerNow);

    private sealed class ScriptedReader : IStatusReader, IDisposable
    {
        private readonly Queue<Func<CancellationToken, Task<StatusReading>>> _script = [];

        public List<string?> ETags { get; } = [];

        public int Disposals { get; private set; }

        public void Then(Func<StatusReading> reading) => _script.Enqueue(_ => Task.FromResult(reading()));

        public void Then(Func<CancellationToken, Task<StatusReading>> reading) => _script.Enqueue(reading);

        public async ValueTask<StatusReading> ReadAsync(string? etag, CancellationToken cancel)
        {
            ETags.Add(etag);
            return await _script.Dequeue()(cancel);
        }

        public void Dispose() => Disposals++;
    }
}
