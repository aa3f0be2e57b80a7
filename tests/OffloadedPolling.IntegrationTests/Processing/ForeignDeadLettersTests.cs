using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Processing;

namespace OffloadedPolling.IntegrationTests.Processing;

/// <summary>
/// Tests dead letters that reach the reader of another kind, because hosts share a dead-letter queue or a message was in the wrong queue.
/// </summary>
public sealed class ForeignDeadLettersTests : IAsyncLifetime
{
    private TestHost _letters = null!, _parcels = null!;

    public async ValueTask InitializeAsync()
    {
        var queue = await TestServers.NewQueueAsync();
        var deadLetters = await TestServers.NewQueueAsync();
        _letters = await TestHost.CreateAsync(
            build: builder => builder.AddOperation<Letter>("letters", LetterJson.Default, kind => kind.QueueUrl = queue));
        _parcels = await TestHost.CreateAsync(
            bucket: _letters.Bucket, operation: kind => kind.DeadLetterQueueUrl = deadLetters,
            build: builder => builder.AddDeadLetterReader());
    }

    public async ValueTask DisposeAsync()
    {
        await _parcels.DisposeAsync();
        await _letters.DisposeAsync();
    }

    [Fact]
    public async Task ProcessAsync_OtherKind_LeavesOperationUnchanged()
    {
        var accepted = await _letters.Operations.AcceptAsync(new Letter("Dear Bob"));
        var before = await _letters.Store.GetAsync(accepted.Id, default);

        (await ProcessAsync(accepted.Id)).Should().BeFalse();

        (await _letters.Store.GetAsync(accepted.Id, default)).Should().Be(before);
        _parcels.Log.Entries.Should().ContainSingle(entry => entry.Id == 429).Which.Text.Should().Contain(accepted.Id)
            .And.Contain("'letters'");
    }

    [Fact]
    public async Task ProcessAsync_OtherKindUnhandledTooLong_FailsOperation()
    {
        var now = TimeProvider.System.GetUtcNow();
        var old = TestDocuments.Waiting() with { Kind = "letters", LastUpdatedAt = now.AddHours(-13), ExpiresAt = now.AddHours(11) };
        await _letters.Store.CreateAsync(old, OperationMetadata.Empty, default);

        (await ProcessAsync(old.Id)).Should().BeTrue();

        var end = (await _letters.Operations.GetAsync(old.Id))!;
        end.State.Should().Be(OperationState.Failed);
        end.Error!.Type.Should().EndWith("given-up");
        using var sqs = TestServers.NewSqsClient();
        (await sqs.GetQueueAttributesAsync(_parcels.QueueUrl, ["All"])).ApproximateNumberOfMessages.Should().Be(0);
    }

    [Fact]
    public async Task ProcessAsync_OtherKindAlreadyEnded_ReturnsTrue()
    {
        var accepted = await _letters.Operations.AcceptAsync(new Letter("Dear Bob"));
        await _letters.Operations.CancelAsync(accepted.Id);

        (await ProcessAsync(accepted.Id)).Should().BeTrue();

        _parcels.Log.Entries.Should().Contain(entry => entry.Id == 432).And.NotContain(entry => entry.Id == 429);
    }

    private Task<bool> ProcessAsync(string id)
    {
        var letter = new ReceivedMessage
        {
            Id = "letter", ReceiptHandle = "none", Body = "{}", StatusKey = _letters.Store.GetStatusKey(id), ReceiveCount = 11,
        };
        return _parcels.Services.GetRequiredService<DeadLetterProcessor>().ProcessAsync("parcels", letter, delete: false, default);
    }
}
