using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

/// <summary>A host with an in-memory store and queue, on a clock that the test sets.</summary>
internal sealed class AcceptHost : IAsyncDisposable, IPresignedUrlIssuer, IWaitTimeEstimator
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services;

    public AcceptHost()
    {
        Queue.GetMaxMessageBytesAsync(Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(1024 * 1024);
        Queue.SendAsync("parcels", null!, default).ReturnsForAnyArgs(call =>
            SendAsync(call.Arg<OutgoingMessage>(), call.Arg<CancellationToken>()));
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerProvider>(Log).AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IOperationStatusStore>(Store);
        services.AddSingleton(Queue);
        services.AddSingleton<IPresignedUrlIssuer>(this);
        services.AddSingleton<IWaitTimeEstimator>(this);
        services.AddOffloadedPolling().AddOperation<Parcel>("parcels", ParcelJson.Default);
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public RecordingLogger Log { get; } = new();

    public MemoryStore Store { get; } = new();

    public IOperationQueue Queue { get; } = Substitute.For<IOperationQueue>();

    /// <summary>Runs before a message is sent.</summary>
    public Func<CancellationToken, Task> BeforeSend { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs before a URL is issued.</summary>
    public Func<CancellationToken, Task> BeforeIssue { get; set; } = _ => Task.CompletedTask;

    public ConcurrentQueue<OutgoingMessage> Sent { get; } = new();

    public IOffloadedOperations Operations => _services.GetRequiredService<IOffloadedOperations>();

    public OperationStatus Status => Store.Documents.Should().ContainSingle().Subject.Status;

    public static AcceptOptions Keyed => new() { IdempotencyScope = "ada", IdempotencyKey = "0123456789abcdef" };

    /// <summary>Waits until its token is canceled.</summary>
    public static Task HangAsync(CancellationToken cancellationToken) => Task.Delay(System.Threading.Timeout.Infinite, cancellationToken);

    public Task<AcceptedOperation> AcceptAsync(AcceptOptions? options = null, CancellationToken cancellationToken = default) =>
        Operations.AcceptAsync(new Parcel("Ada"), options ?? new AcceptOptions(), cancellationToken);

    /// <summary>Advances time by one second at a time until the condition holds.</summary>
    public Task AdvanceUntilAsync(Func<bool> condition, string failure) => Eventually.TrueAsync(
        () =>
        {
            var holds = condition();
            Time.Advance(holds ? TimeSpan.Zero : TimeSpan.FromSeconds(1));
            return holds;
        },
        Timeout,
        () => $"{failure}; documents: {string.Join(", ", Store.Documents)}; log: {string.Join('\n', Log.Entries)}");

    public async Task StopAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>())
        {
            await hosted.StopAsync(default);
        }
    }

    public async ValueTask<StatusUrl> IssueAsync(string statusKey, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        await BeforeIssue(cancellationToken);
        return new StatusUrl("https://example.com/status?signature=x", Time.GetUtcNow() + lifetime);
    }

    public ValueTask<OperationEstimate?> EstimateAsync(string kind, CancellationToken cancellationToken) => default;

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private async Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        await BeforeSend(cancellationToken);
        Sent.Enqueue(message);
    }
}
