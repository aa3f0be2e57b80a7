using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using OffloadedPolling.Processing;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Fuzzing;

/// <summary>Checks that messages that were altered, or not sent by the library, are processed correctly or left unchanged.</summary>
public sealed class FuzzedMessagesTests
{
    private const string Body = """{"To":"Ada","Content":"a book"}""";

    [Fact]
    public async Task Message_Altered_IsProcessedOrIgnored()
    {
        var store = new OneDocumentStore();
        var handled = new Handled();
        await using var services = Services(store, handled);
        var processor = services.GetRequiredService<MessageProcessor>();
        var handler = services.GetServices<HandlerInvoker>().Single();
        var queue = services.GetRequiredService<IOperationQueue>();
        var key = store.GetStatusKey(TestDocuments.Id);

        await Fuzz.RunAsync(percent: 10, seed: 6_000_000, async random =>
        {
            var state = (OperationState)random.Next(5);
            store.Put(TestDocuments.Waiting() with
            {
                State = state,
                Kind = random.Next(8) == 0 ? "letters" : "parcels",
                Attempt = state == OperationState.Running ? random.Next(1, 5) : null,
            });
            handled.Parcel = null;
            var message = new ReceivedMessage
            {
                Id = random.Next(8) == 0 ? Mutation.OfText("m-1", random) : OneDocumentStore.Owner,
                ReceiptHandle = "receipt",
                Body = random.Next(3) switch { 0 => Mutation.OfJson(Body, random), 1 => Mutation.OfText(Body, random), _ => Body },
                StatusKey = random.Next(6) switch { 0 => null, 1 => Mutation.OfText(key, random), _ => key },
                TraceParent = Mutation.OfText("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", random),
                ReceiveCount = random.Next(1, 6),
                MaxReceiveCount = random.Next(3) == 0 ? null : random.Next(1, 6),
                HiddenFor = TimeSpan.FromMinutes(1),
            };
            var before = store.Stored;

            await using var lease = MessageLease.Start("parcels", message, queue, TimeProvider.System, NullLogger.Instance);
            var disposition = (await processor.ProcessAsync(new Delivery(handler, lease, default, default, default))).Disposition;

            var after = store.Stored;
            (before.Status.State.IsTerminal() && before != after).Should().BeFalse("an operation that had ended was changed");
            (before.Status.Kind != "parcels" && before != after).Should().BeFalse("an operation of another kind was changed");
            (message.StatusKey != key && before != after).Should().BeFalse("a document was written that the message does not refer to");
            (disposition != MessageDisposition.Delete || (message.StatusKey == key && after.Status.State.IsTerminal()
                && after.Status.Kind == "parcels")).Should().BeTrue("a message was deleted whose operation has not ended");
            if (handled.Parcel is { } parcel)
            {
                using var json = JsonDocument.Parse(message.Body);
                after.Status.State.Should().Be(OperationState.Succeeded);
                (json.RootElement.TryGetProperty("To", out var to) ? to.GetString() : null).Should().Be(parcel.To);
            }

            return handled.Parcel is not null;
        });
    }

    private static ServiceProvider Services(OneDocumentStore store, Handled handled)
    {
        var services = new ServiceCollection().AddLogging(RecordingLogger.Watch);
        services.AddSingleton<IOperationStatusStore>(store).AddSingleton(handled);
        services.AddSingleton(Substitute.For<IOperationQueue>()).AddSingleton(Substitute.For<IPresignedUrlIssuer>());
        services.AddOffloadedPolling().AddOperation<Parcel>("parcels", ParcelJson.Default).AddHandler<Parcel, Handler>();
        return services.BuildServiceProvider();
    }

    private sealed class Handled
    {
        public Parcel? Parcel { get; set; }
    }

    private sealed class Handler(Handled handled) : IOperationHandler<Parcel, string>
    {
        public Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
        {
            handled.Parcel = context.Payload;
            return Task.FromResult("done");
        }
    }
}
