using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Processing;

namespace OffloadedPolling.IntegrationTests.Processing;

/// <summary>A dead letter that comes to the reader of another kind: its message was in the wrong queue, or hosts share a dead-letter queue.</summary>
public sealed class ForeignDeadLettersTests : IAsyncLifetime
{
    private string _letters = "", _deadLetters = "";

    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        (_letters, _deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(maxReceiveCount: 1);
        _host = await TestHost.CreateAsync(build: builder => builder
            .AddDeadLetterReader()
            .AddOperation<Letter>("letters", LetterJson.Default, kind => (kind.QueueUrl, kind.DeadLetterQueueUrl) = (_letters, _deadLetters)));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task ADeadLetterOfAnotherKind_IsSentAgainToThatKindsQueue()
    {
        var (id, read) = await BuryALetterAsync();

        (await ProcessAsync(_host, read)).Should().BeTrue();

        (await _host.Store.GetAsync(id, default))!.Metadata.ReplacedMessageIds.Should().Be(read.Id);
        var again = await _host.Queue.ReceiveAsync("letters", 1, default);
        again.Should().ContainSingle().Which.StatusKey.Should().Be(read.StatusKey);
    }

    [Fact]
    public async Task ADeadLetterOfAKindThatThisProcessDoesNotHave_IsLeftToTheOneThatHas()
    {
        var (id, read) = await BuryALetterAsync();
        await using var other = await TestHost.CreateAsync(bucket: _host.Bucket, operation: kind => kind.DeadLetterQueueUrl = _deadLetters, build: builder => builder.AddDeadLetterReader());

        (await ProcessAsync(other, read)).Should().BeFalse();

        (await _host.Store.GetAsync(id, default))!.Metadata.ReplacedMessageIds.Should().BeNull();
        other.Log.Entries.Should().ContainSingle(entry => entry.Id == 429).Which.Text.Should().Contain(id).And.Contain("'letters'");
    }

    private static Task<bool> ProcessAsync(TestHost host, ReceivedMessage letter) =>
        host.Services.GetRequiredService<DeadLetterProcessor>().ProcessAsync("parcels", letter, delete: false, default);

    private async Task<(string Id, ReceivedMessage Letter)> BuryALetterAsync()
    {
        var accepted = await _host.Operations.AcceptAsync(new Letter("Dear Bob"));
        await _host.Queue.ReleaseAsync("letters", await _host.Queue.ReceiveAsync("letters", 1, default), default);
        using var cancel = new CancellationTokenSource();
        var again = _host.Queue.ReceiveAsync("letters", 1, cancel.Token);
        var read = await _host.Services.GetRequiredService<IDeadLetterQueue>().ReceiveAsync("letters", default);
        await cancel.CancelAsync();
        await Task.WhenAny(again);
        return (accepted.Id, read.Should().ContainSingle().Subject);
    }
}
