using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>How the end of an operation reaches who waits for it.</summary>
public sealed partial class CompletionTests : IDisposable
{
    private readonly PollerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Succeeded_WithATypedResult_ReturnsIt()
    {
        ShowResult("""{"number":"A-1","total":9.5}""");
        Assert.Equal(new Receipt("A-1", 9.5m), await _bench.Poller.WaitForCompletionAsync(_bench.Accepted(), ReceiptJson.Default.Receipt));

        ShowResult("""{"number":"A-1","total":9.5}""");
        Assert.Equal(new Receipt("A-1", 9.5m), await _bench.Poller.WaitForCompletionAsync<Receipt>(_bench.Accepted()));
    }

    [Fact]
    public async Task Succeeded_Resumed_ReturnsTheTypedResult()
    {
        var token = _bench.Poller.GetResumeToken(_bench.Accepted(null));

        ShowResult("""{"number":"A-1","total":9.5}""");
        Assert.Equal("A-1", (await _bench.Poller.WaitForCompletionAsync(token, ReceiptJson.Default.Receipt)).Number);

        ShowResult("""{"number":"A-2","total":9.5}""");
        Assert.Equal("A-2", (await _bench.Poller.WaitForCompletionAsync<Receipt>(token)).Number);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    public async Task Succeeded_WithoutAResult_IsNullOrAClearError(string? result)
    {
        ShowResult(result);
        Assert.Null(await _bench.Poller.WaitForCompletionAsync<int?>(_bench.Accepted()));

        ShowResult(result);
        Assert.Contains(
            nameof(Receipt),
            (await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.Poller.WaitForCompletionAsync<Receipt>(_bench.Accepted()))).Message,
            StringComparison.Ordinal);

        ShowResult(result);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.Poller.WaitForCompletionAsync<int>(_bench.Accepted()));

        ShowResult(result);
        Assert.Equal(OperationState.Succeeded, (await _bench.Poller.WaitForCompletionAsync(_bench.Accepted())).State);
    }

    [Fact]
    public async Task Succeeded_WithAnotherResult_IsAJsonException()
    {
        ShowResult("\"words\"");

        await Assert.ThrowsAsync<JsonException>(() => _bench.Poller.WaitForCompletionAsync(_bench.Accepted(), ReceiptJson.Default.Receipt));
    }

    [Fact]
    public async Task Failed_ThrowsItsProblem()
    {
        var problem = new OperationProblem { Title = "Out of stock", Detail = "no hats" };
        _bench.Server.Shows(() => _bench.Document(OperationState.Failed) with { Error = problem });

        var failed = await Assert.ThrowsAsync<OperationFailedException>(() => _bench.Poller.WaitForCompletionAsync(_bench.Accepted()));

        Assert.Equal(problem.Detail, failed.Problem.Detail);
        Assert.Equal("Out of stock: no hats", failed.Message);
        Assert.Equal((TestDocuments.Id, OperationState.Failed), (failed.Status!.Id, failed.Status.State));
    }

    [Fact]
    public async Task Failed_WithoutAProblem_ThrowsAllTheSame()
    {
        _bench.Server.Shows(() => _bench.Document(OperationState.Failed));

        await Assert.ThrowsAsync<OperationFailedException>(() => _bench.Poller.WaitForCompletionAsync(_bench.Accepted(), ReceiptJson.Default.Receipt));
    }

    [Fact]
    public async Task Canceled_ThrowsItsLastDocument()
    {
        _bench.Server.Shows(() => _bench.Document(OperationState.Canceled) with { Message = "half done" });

        var canceled = await Assert.ThrowsAsync<CanceledOperationException>(() => _bench.Poller.WaitForCompletionAsync(_bench.Accepted()));

        Assert.Equal("half done", canceled.Status.Message);
        Assert.Contains(TestDocuments.Id, canceled.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_IsToldOfEachDocument()
    {
        var told = new Told();
        _bench.Server.Shows(() => _bench.Document() with { PercentComplete = 40 }).Shows(_bench.Succeeded);

        await _bench.Poller.WaitForCompletionAsync(_bench.Accepted(), told);

        Assert.Equal([OperationState.Running, OperationState.Succeeded], told.Statuses.Select(status => status.State));
    }

    [Fact]
    public void Arguments_ThatAreNone_AreRefusedAtOnce()
    {
        var poller = _bench.Poller;
        Assert.Throws<ArgumentNullException>(() => poller.WatchAsync((AcceptedOperation)null!));
        Assert.Throws<ArgumentNullException>(() => poller.WatchAsync((string)null!));
        Assert.Throws<ArgumentNullException>(() => { _ = poller.WaitForCompletionAsync((AcceptedOperation)null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = poller.WaitForCompletionAsync(_bench.Accepted(), (JsonTypeInfo<Receipt>)null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = poller.WaitForCompletionAsync("x", (JsonTypeInfo<Receipt>)null!); });
        Assert.Throws<ArgumentNullException>(() => new CanceledOperationException(null!));
    }

    private void ShowResult(string? json) => _bench.Server.Says(
        HttpStatusCode.OK,
        JsonSerializer.Serialize(_bench.Document(OperationState.Succeeded), OperationJson.Status)[..^1] + (json is null ? "}" : $",\"result\":{json}}}"),
        "application/json");

    internal sealed record Receipt(string Number, decimal Total);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Receipt))]
    internal sealed partial class ReceiptJson : JsonSerializerContext;

    private sealed class Told : IProgress<OperationStatus>
    {
        public List<OperationStatus> Statuses { get; } = [];

        public void Report(OperationStatus value) => Statuses.Add(value);
    }
}
