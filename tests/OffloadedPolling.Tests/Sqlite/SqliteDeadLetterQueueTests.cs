using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

public sealed class SqliteDeadLetterQueueTests : IAsyncLifetime
{
    private const string Kind = ConformanceHost.Kind;

    private readonly SqliteProvider _provider = new();

    private ConformanceHost _host = null!;

    private IDeadLetterQueue DeadLetters => _host.Services.GetRequiredService<IDeadLetterQueue>();

    public async ValueTask InitializeAsync()
    {
        _host = await ConformanceHost.StartAsync(_provider);
        await _host.Queue.SendAsync(Kind, new OutgoingMessage { Body = "{}", StatusKey = TestDocuments.Id }, default);
        await _provider.ExecuteAsync("UPDATE messages SET receive_count = 10");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task DeleteAsync_LetterIsRedelivered_Throws()
    {
        var letter = (await DeadLetters.ReceiveAsync(Kind, default)).Should().ContainSingle().Subject;
        await _provider.ExecuteAsync("UPDATE messages SET receive_count = receive_count + 1");

        await FluentActions.Awaiting(() => DeadLetters.DeleteAsync(Kind, letter, default))
            .Should().ThrowExactlyAsync<OperationQueueException>().WithMessage("*delete a dead letter from*redelivered*");

        (await _provider.CountMessagesAsync(Kind)).Should().Be(1);
    }

    [Fact]
    public async Task SetAsideAsync_LetterIsRedelivered_Throws()
    {
        var letter = (await DeadLetters.ReceiveAsync(Kind, default)).Should().ContainSingle().Subject;
        await _provider.ExecuteAsync("UPDATE messages SET receive_count = receive_count + 1");

        await FluentActions.Awaiting(() => DeadLetters.SetAsideAsync(Kind, letter, default))
            .Should().ThrowExactlyAsync<OperationQueueException>().WithMessage("*hide a dead letter of*redelivered*");
    }

    [Fact]
    public async Task DeleteAsync_LetterIsGone_Succeeds()
    {
        var letter = (await DeadLetters.ReceiveAsync(Kind, default)).Should().ContainSingle().Subject;

        await DeadLetters.DeleteAsync(Kind, letter, default);
        await DeadLetters.DeleteAsync(Kind, letter, default);
        await DeadLetters.SetAsideAsync(Kind, letter, default);

        (await _provider.CountMessagesAsync(Kind)).Should().Be(0);
    }
}
