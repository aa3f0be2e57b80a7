using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>Runs the poller against a real host that serves its own status documents.</summary>
public sealed class OperationPollerHostTests : IAsyncLifetime
{
    private readonly SqliteProvider _provider = new();

    private readonly FakeTimeProvider _hostTime = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private readonly List<OperationPoll> _polls = [];

    private ConformanceHost _host = null!;

    private OperationPoller _poller = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ConformanceHost.StartAsync(_provider, time: _hostTime);
        _poller = new OperationPoller(new OperationPollerOptions
        {
            HostAddress = _host.Address, Timeout = TimeSpan.FromMinutes(1), Polled = _polls.Add,
        });
    }

    public async ValueTask DisposeAsync()
    {
        _poller.Dispose();
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task WatchAsync_OperationIsCanceled_ReturnsCanceled()
    {
        var accepted = await AcceptAsync();
        await _host.Operations.CancelAsync(accepted.Id, default);

        (await _poller.WatchAsync(accepted).ToListAsync()).Should().ContainSingle().Which.State.Should().Be(OperationState.Canceled);
    }

    [Fact]
    public async Task WatchAsync_StatusUrlExpired_RenewsUrl()
    {
        var accepted = await AcceptAsync();
        await _host.Operations.CancelAsync(accepted.Id, default);
        _hostTime.Advance(TimeSpan.FromHours(2));

        (await _poller.WatchAsync(accepted).ToListAsync()).Should().ContainSingle();

        _polls.Select(poll => (int)poll.StatusCode!).Should().Equal(403, 200);
    }

    [Fact]
    public async Task WaitForCompletionAsync_UrlExpiredAndNoOperationUrl_Throws()
    {
        var accepted = await AcceptAsync();
        _hostTime.Advance(TimeSpan.FromHours(2));

        var ended = (await FluentActions.Awaiting(() => _poller.WaitForCompletionAsync(accepted with { OperationUrl = null }))
            .Should().ThrowExactlyAsync<OperationUnavailableException>()).Which;

        ended.Reason.Should().Be(OperationUnavailableReason.Expired);
    }

    [Fact]
    public async Task WaitForCompletionAsync_DocumentDeleted_ThrowsMissing()
    {
        var accepted = await AcceptAsync();
        await _provider.DeleteDocumentAsync(accepted.Id);

        foreach (var known in new[]
        {
            _poller.WaitForCompletionAsync(accepted),
            _poller.WaitForCompletionAsync(_poller.GetResumeToken(accepted)),
        })
        {
            (await FluentActions.Awaiting(() => known).Should().ThrowExactlyAsync<OperationUnavailableException>()).Which.Reason
                .Should().Be(OperationUnavailableReason.Missing);
        }
    }

    // The same as for a repeated accept: the age of the document is unknown, and the poller may poll immediately.
    private async Task<AcceptedOperation> AcceptAsync()
    {
        var accepted = await _host.Operations.AcceptAsync(new Parcel("Ada"));
        return accepted with { OperationUrl = $"/operations/{accepted.Id}", Status = OperationState.Running, RetryAfter = TimeSpan.Zero };
    }
}
