using System.Collections.Concurrent;

namespace OffloadedPolling.Tests.Accepting;

public sealed class OperationAccepterTests : IAsyncDisposable
{
    private readonly AcceptHost _host = new();

    private readonly ConcurrentQueue<string> _steps = new();

    public OperationAccepterTests()
    {
        _host.Store.Before = NoteAsync;
        _host.BeforeIssue = _ => NoteAsync("issue");
        _host.BeforeSend = _ => NoteAsync("send");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task AcceptAsync_NewOperation_CreatesIssuesThenSends()
    {
        var accepted = await _host.AcceptAsync();

        _steps.Should().Equal("create", "issue", "send");
        accepted.Should().BeEquivalentTo(new { _host.Status.Id, Status = OperationState.NotStarted, Repeated = false });
        var sent = _host.Sent.Should().ContainSingle().Subject;
        sent.StatusKey.Should().Be(_host.Store.GetStatusKey(accepted.Id));
        sent.StatusCreatedAt.Should().Be(_host.Status.CreatedAt);
    }

    [Fact]
    public async Task AcceptAsync_RepeatedWhileWaiting_SendsAgain()
    {
        await _host.AcceptAsync(AcceptHost.Keyed);
        _steps.Clear();

        var again = await _host.AcceptAsync(AcceptHost.Keyed);

        _steps.Should().Equal("create", "get", "issue", "send");
        again.Repeated.Should().BeTrue();
        _host.Sent.Should().HaveCount(2);
    }

    [Fact]
    public async Task AcceptAsync_RepeatedAfterEnd_DoesNotSendAgain()
    {
        var first = await _host.AcceptAsync(AcceptHost.Keyed);
        await _host.Operations.CancelAsync(first.Id);

        var again = await _host.AcceptAsync(AcceptHost.Keyed);

        again.Should().BeEquivalentTo(new { first.Id, Status = OperationState.Canceled, Repeated = true });
        _host.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task AcceptAsync_IssueFails_EndsDocumentAndSendsNothing()
    {
        _host.BeforeIssue = _ => throw new StatusUrlException("no credentials");

        await _host.Awaiting(host => host.AcceptAsync()).Should().ThrowAsync<StatusUrlException>();

        _host.Sent.Should().BeEmpty();
        _host.Status.Error!.Type.Should().EndWith("not-issued");
    }

    [Fact]
    public async Task AcceptAsync_KeyedAndIssueFails_KeepsDocument()
    {
        _host.BeforeIssue = _ => throw new StatusUrlException("no credentials");

        await _host.Awaiting(host => host.AcceptAsync(AcceptHost.Keyed)).Should().ThrowAsync<StatusUrlException>();

        _host.Status.State.Should().Be(OperationState.NotStarted);
        _steps.Should().Equal("create");
    }

    [Fact]
    public async Task AcceptAsync_KeyedAndQueueRejectsPayload_EndsDocument()
    {
        _host.BeforeSend = _ => throw new InvalidPayloadException("parcels", position: null);

        await _host.Awaiting(host => host.AcceptAsync(AcceptHost.Keyed)).Should().ThrowAsync<InvalidPayloadException>();

        _host.Status.Error!.Type.Should().EndWith("payload-refused");
    }

    private Task NoteAsync(string step)
    {
        _steps.Enqueue(step);
        return Task.CompletedTask;
    }
}
