using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>Callbacks on a handler's token do not block a slot, a stop, or another message.</summary>
public abstract class HandlerTokenConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private readonly BlockedCallbacks _callbacks = new();

    private protected override void Settings(OffloadedPollingOptions options) => options.ShutdownTimeout = TimeSpan.FromMilliseconds(300);

    private protected override void Settings(OperationOptions kind) =>
        (kind.VisibilityTimeout, kind.MaxConcurrency) = (TimeSpan.FromSeconds(2), 1);

    private protected override void Build(IOffloadedPollingBuilder builder)
    {
        builder.Services.AddSingleton(_callbacks);
        builder.AddHandler<Parcel, BlockingHandler>();
    }

    [Fact]
    public async Task CancelAsync_CallbackBlocksHandler_CancelsAndFreesSlot()
    {
        var blocked = await BeginAsync("deaf");
        var next = await Host.Operations.AcceptAsync(new Parcel("fast"));

        await Host.Operations.CancelAsync(blocked);

        (await EndOfAsync(next.Id)).State.Should().Be(OperationState.Succeeded, "the slot is free");
        (await EndOfAsync(blocked)).State.Should().Be(OperationState.Canceled, "its message was released and found canceled");
        Host.Log.Entries.Should().Contain(entry => entry.Id == 447);
        _callbacks.Release();
    }

    [Fact]
    public async Task CancelAsync_HandlerEndsWhileCallbackBlocks_Cancels()
    {
        var canceled = await BeginAsync("hears");

        await Host.Operations.CancelAsync(canceled);

        var end = await EndOfAsync(canceled);
        (end.State, end.Attempt).Should().Be((OperationState.Canceled, 1));
        _callbacks.Release();
    }

    [Theory]
    [InlineData("deaf")]
    [InlineData("hears")]
    public async Task StopAsync_CallbackBlocks_StopsAndReleasesMessage(string handler)
    {
        await BeginAsync(handler);

        await Host.StopAsync().WaitAsync(Timeout);

        var again = await Host.Queue.ReceiveAsync(Kind, 1, default);
        again.Should().ContainSingle().Which.ReceiveCount.Should().Be(2);
        _callbacks.Release();
    }

    private async Task<string> BeginAsync(string handler)
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel(handler));
        await Eventually.TrueAsync(() => _callbacks.Registered > 0, Timeout, () => "the handler did not start");
        return accepted.Id;
    }

    private sealed class BlockingHandler(BlockedCallbacks callbacks) : IOperationHandler<Parcel, string>
    {
        public async Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
        {
            if (context.Payload.To == "fast")
            {
                return "done";
            }

            // Callbacks run in the reverse order of their registration.
            if (context.Payload.To == "hears")
            {
                callbacks.BlockOn(cancellationToken);
            }

            var waiting = Task.Delay(System.Threading.Timeout.Infinite, cancellationToken);
            if (context.Payload.To == "deaf")
            {
                callbacks.BlockOn(cancellationToken);
            }

            await waiting;
            return "never";
        }
    }
}
