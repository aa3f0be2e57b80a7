using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Processing;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.Processing;

/// <summary>One handler class for several kinds, with results of value types and JSON without reflection.</summary>
public sealed partial class HandlerInvokerTests : IAsyncLifetime
{
    private readonly SqliteProvider _provider = new();

    private ConformanceHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ConformanceHost.StartAsync(_provider, build: builder => builder
        .AddOperation<Count>("counts", Json.Default).AddHandler<Count, Handler>()
        .AddOperation<Measure>("measures", Json.Default).AddHandler<Measure, Handler>()
        .AddOperation<Find>("finds", Json.Default).AddHandler<Find, Handler>());

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public void ResultType_SeveralKinds_MatchesEachKind() =>
        _host.Services.GetServices<HandlerInvoker>().Select(handler => (handler.Kind.Name, handler.ResultType)).Should().Equal(
            ("counts", typeof(int)), ("measures", typeof(Size)), ("finds", typeof(int?)));

    [Fact]
    public async Task InvokeAsync_NumberResult_IsWritten() => (await ResultOfAsync(new Count(["a", "b"]))).Should().Be("2");

    [Fact]
    public async Task InvokeAsync_StructResult_IsWritten() =>
        (await ResultOfAsync(new Measure("a box"))).Should().Be("""{"Width":5,"Height":0}""");

    [Theory]
    [InlineData(7, "7")]
    [InlineData(null, null)]
    public async Task InvokeAsync_NullableResult_IsWrittenUnlessNull(int? found, string? expected) =>
        (await ResultOfAsync(new Find(found))).Should().Be(expected);

    private async Task<string?> ResultOfAsync<TPayload>(TPayload payload)
        where TPayload : notnull
    {
        var accepted = await _host.Operations.AcceptAsync(payload);
        OperationStatus? last = null;
        await Eventually.TrueAsync(
            async () => (last = await _host.Operations.GetAsync(accepted.Id))!.State.IsTerminal(),
            TimeSpan.FromSeconds(60),
            () => $"the last status is {last}");
        last!.State.Should().Be(OperationState.Succeeded);
        return last.Result?.GetRawText();
    }

    internal sealed record Count(IReadOnlyList<string> Things);

    internal sealed record Measure(string Thing);

    internal sealed record Find(int? At);

    internal readonly record struct Size(int Width, int Height);

    private sealed class Handler : IOperationHandler<Count, int>, IOperationHandler<Measure, Size>, IOperationHandler<Find, int?>
    {
        public Task<int> HandleAsync(OperationContext<Count> context, CancellationToken cancellationToken) =>
            Task.FromResult(context.Payload.Things.Count);

        public Task<Size> HandleAsync(OperationContext<Measure> context, CancellationToken cancellationToken) =>
            Task.FromResult(new Size(context.Payload.Thing.Length, 0));

        // An explicit implementation, which is not a public member of the class.
        Task<int?> IOperationHandler<Find, int?>.HandleAsync(OperationContext<Find> context, CancellationToken cancellationToken) =>
            Task.FromResult(context.Payload.At);
    }

    [JsonSerializable(typeof(Count))]
    [JsonSerializable(typeof(Measure))]
    [JsonSerializable(typeof(Find))]
    [JsonSerializable(typeof(int))]
    [JsonSerializable(typeof(int?))]
    [JsonSerializable(typeof(Size))]
    private sealed partial class Json : JsonSerializerContext;
}
