namespace OffloadedPolling.Tests.Accepting;

public sealed class OffloadedOperationsTests : IAsyncDisposable
{
    private readonly AcceptHost _host = new();

    public static TheoryData<string> InvalidIds => ["", "x", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcde/"];

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Kinds_ReturnsRegisteredKinds() => _host.Operations.Kinds.Should().Equal("parcels");

    [Theory]
    [MemberData(nameof(InvalidIds))]
    public async Task Requests_InvalidId_ReturnNullWithoutCallingStore(string id)
    {
        (await _host.Operations.GetAsync(id)).Should().BeNull();
        (await _host.Operations.RenewUrlAsync(id)).Should().BeNull();
        (await _host.Operations.CancelAsync(id)).Should().BeNull();
        await _host.Operations.DeleteAsync(id);

        _host.Store.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task CancelAsync_WaitingOperation_ReturnsCanceled()
    {
        var accepted = await _host.AcceptAsync();

        (await _host.Operations.CancelAsync(accepted.Id))!.State.Should().Be(OperationState.Canceled);
        (await _host.Operations.GetAsync(accepted.Id))!.State.Should().Be(OperationState.Canceled);
    }

    [Fact]
    public async Task AcceptAsync_UnregisteredPayloadType_ThrowsWithFix() =>
        await _host.Awaiting(host => host.Operations.AcceptAsync("letter"))
            .Should().ThrowAsync<ArgumentException>().WithMessage("*AddOperation<String>*");

    [Fact]
    public async Task Requests_NullId_Throw()
    {
        await _host.Awaiting(host => host.Operations.GetAsync(null!)).Should().ThrowAsync<ArgumentNullException>();
        await _host.Awaiting(host => host.Operations.DeleteAsync(null!)).Should().ThrowAsync<ArgumentNullException>();
    }
}
