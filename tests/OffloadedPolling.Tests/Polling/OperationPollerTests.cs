using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>How the end of an operation reaches who waits for it.</summary>
public sealed partial class OperationPollerTests : PollerTestBase
{
    [Fact]
    public async Task Succeeded_WithATypedResult_ReturnsIt()
    {
        ShowResult("""{"number":"A-1","total":9.5}""");
        Assert.Equal(new Receipt("A-1", 9.5m), await Poller.WaitForCompletionAsync(Accepted(), ReceiptJson.Default.Receipt));

        ShowResult("""{"number":"A-1","total":9.5}""");
        Assert.Equal(new Receipt("A-1", 9.5m), await Poller.WaitForCompletionAsync<Receipt>(Accepted()));
    }

    [Fact]
    public async Task Succeeded_Resumed_ReturnsTheTypedResult()
    {
        var token = Poller.GetResumeToken(Accepted(null));

        ShowResult("""{"number":"A-1","total":9.5}""");
        Assert.Equal("A-1", (await Poller.WaitForCompletionAsync(token, ReceiptJson.Default.Receipt)).Number);

        ShowResult("""{"number":"A-2","total":9.5}""");
        Assert.Equal("A-2", (await Poller.WaitForCompletionAsync<Receipt>(token)).Number);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    public async Task Succeeded_WithoutAResult_IsNullOrAClearError(string? result)
    {
        ShowResult(result);
        Assert.Null(await Poller.WaitForCompletionAsync<int?>(Accepted()));

        ShowResult(result);
        Assert.Contains(
            nameof(Receipt),
            (await Assert.ThrowsAsync<InvalidOperationException>(() => Poller.WaitForCompletionAsync<Receipt>(Accepted()))).Message,
            StringComparison.Ordinal);

        ShowResult(result);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Poller.WaitForCompletionAsync<int>(Accepted()));

        ShowResult(result);
        Assert.Equal(OperationState.Succeeded, (await Poller.WaitForCompletionAsync(Accepted())).State);
    }

    [Fact]
    public async Task Succeeded_WithAnotherResult_IsAJsonException()
    {
        ShowResult("\"words\"");

        await Assert.ThrowsAsync<JsonException>(() => Poller.WaitForCompletionAsync(Accepted(), ReceiptJson.Default.Receipt));
    }

    [Fact]
    public async Task Failed_ThrowsItsProblem()
    {
        var problem = new OperationProblem { Title = "Out of stock", Detail = "no hats" };
        Server.Shows(() => Document(OperationState.Failed) with { Error = problem });

        var failed = await Assert.ThrowsAsync<OperationFailedException>(() => Poller.WaitForCompletionAsync(Accepted()));

        Assert.Equal(problem.Detail, failed.Problem.Detail);
        Assert.Equal("Out of stock: no hats", failed.Message);
        Assert.Equal((TestDocuments.Id, OperationState.Failed), (failed.Status!.Id, failed.Status.State));
    }

    [Fact]
    public async Task Failed_WithoutAProblem_ThrowsAllTheSame()
    {
        Server.Shows(() => Document(OperationState.Failed));

        await Assert.ThrowsAsync<OperationFailedException>(() => Poller.WaitForCompletionAsync(Accepted(), ReceiptJson.Default.Receipt));
    }

    [Fact]
    public async Task Canceled_ThrowsItsLastDocument()
    {
        Server.Shows(() => Document(OperationState.Canceled) with { Message = "half done" });

        var canceled = await Assert.ThrowsAsync<CanceledOperationException>(() => Poller.WaitForCompletionAsync(Accepted()));

        Assert.Equal("half done", canceled.Status.Message);
        Assert.Contains(TestDocuments.Id, canceled.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_IsToldOfEachDocument()
    {
        var told = new Told();
        Server.Shows(() => Document() with { PercentComplete = 40 }).Shows(Succeeded);

        await Poller.WaitForCompletionAsync(Accepted(), told);

        Assert.Equal([OperationState.Running, OperationState.Succeeded], told.Statuses.Select(status => status.State));
    }

    [Fact]
    public void Arguments_ThatAreNone_AreRefusedAtOnce()
    {
        var poller = Poller;
        Assert.Throws<ArgumentNullException>(() => poller.WatchAsync((AcceptedOperation)null!));
        Assert.Throws<ArgumentNullException>(() => poller.WatchAsync((string)null!));
        Assert.Throws<ArgumentNullException>(() => { _ = poller.WaitForCompletionAsync((AcceptedOperation)null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = poller.WaitForCompletionAsync(Accepted(), (JsonTypeInfo<Receipt>)null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = poller.WaitForCompletionAsync("x", (JsonTypeInfo<Receipt>)null!); });
        Assert.Throws<ArgumentNullException>(() => new CanceledOperationException(null!));
    }

    private void ShowResult(string? json) => Server.Says(
        HttpStatusCode.OK,
        JsonSerializer.Serialize(Document(OperationState.Succeeded), OperationJson.Status)[..^1]
        + (json is null ? "}" : $",\"result\":{json}}}"),
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
