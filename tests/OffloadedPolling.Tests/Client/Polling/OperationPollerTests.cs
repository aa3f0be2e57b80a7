using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>What <c>WaitForCompletionAsync</c> returns or throws when the operation ends.</summary>
public sealed partial class OperationPollerTests : PollerTestBase
{
    [Fact]
    public async Task WaitForCompletionAsync_Succeeded_ReturnsTypedResult()
    {
        ShowResult("""{"number":"A-1","total":9.5}""");
        (await Poller.WaitForCompletionAsync(Accepted(), ReceiptJson.Default.Receipt)).Should().Be(new Receipt("A-1", 9.5m));

        ShowResult("""{"number":"A-1","total":9.5}""");
        (await Poller.WaitForCompletionAsync<Receipt>(Accepted())).Should().Be(new Receipt("A-1", 9.5m));
    }

    [Fact]
    public async Task WaitForCompletionAsync_ResumeToken_ReturnsTypedResult()
    {
        var token = Poller.GetResumeToken(Accepted(null));

        ShowResult("""{"number":"A-1","total":9.5}""");
        (await Poller.WaitForCompletionAsync(token, ReceiptJson.Default.Receipt)).Number.Should().Be("A-1");

        ShowResult("""{"number":"A-2","total":9.5}""");
        (await Poller.WaitForCompletionAsync<Receipt>(token)).Number.Should().Be("A-2");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    public async Task WaitForCompletionAsync_NoResult_ReturnsNullOrThrows(string? result)
    {
        ShowResult(result);
        (await Poller.WaitForCompletionAsync<int?>(Accepted())).Should().BeNull();

        ShowResult(result);
        (await FluentActions.Awaiting(() => Poller.WaitForCompletionAsync<Receipt>(Accepted()))
            .Should().ThrowExactlyAsync<InvalidOperationException>()).Which.Message.Should().Contain(nameof(Receipt));

        ShowResult(result);
        await FluentActions.Awaiting(() => Poller.WaitForCompletionAsync<int>(Accepted()))
            .Should().ThrowExactlyAsync<InvalidOperationException>();

        ShowResult(result);
        (await Poller.WaitForCompletionAsync(Accepted())).State.Should().Be(OperationState.Succeeded);
    }

    [Fact]
    public async Task WaitForCompletionAsync_ResultOfOtherType_ThrowsJsonException()
    {
        ShowResult("\"words\"");

        await FluentActions.Awaiting(() => Poller.WaitForCompletionAsync(Accepted(), ReceiptJson.Default.Receipt))
            .Should().ThrowExactlyAsync<JsonException>();
    }

    [Fact]
    public async Task WaitForCompletionAsync_Failed_ThrowsWithProblem()
    {
        var problem = new OperationProblem { Title = "Out of stock", Detail = "no hats" };
        Server.Shows(() => Document(OperationState.Failed) with { Error = problem });

        var failed = (await FluentActions.Awaiting(() => Poller.WaitForCompletionAsync(Accepted()))
            .Should().ThrowExactlyAsync<OperationFailedException>()).Which;

        failed.Problem.Detail.Should().Be(problem.Detail);
        failed.Message.Should().Be("Out of stock: no hats");
        (failed.Status!.Id, failed.Status.State).Should().Be((TestDocuments.Id, OperationState.Failed));
    }

    [Fact]
    public async Task WaitForCompletionAsync_FailedWithoutProblem_Throws()
    {
        Server.Shows(() => Document(OperationState.Failed));

        await FluentActions.Awaiting(() => Poller.WaitForCompletionAsync(Accepted(), ReceiptJson.Default.Receipt))
            .Should().ThrowExactlyAsync<OperationFailedException>();
    }

    [Fact]
    public async Task WaitForCompletionAsync_Canceled_ThrowsWithLastStatus()
    {
        Server.Shows(() => Document(OperationState.Canceled) with { Message = "half done" });

        var canceled = (await FluentActions.Awaiting(() => Poller.WaitForCompletionAsync(Accepted()))
            .Should().ThrowExactlyAsync<CanceledOperationException>()).Which;

        canceled.Status.Message.Should().Be("half done");
        canceled.Message.Should().Contain(TestDocuments.Id);
    }

    [Fact]
    public async Task WaitForCompletionAsync_NewDocument_ReportsProgress()
    {
        var progress = new RecordedProgress();
        Server.Shows(() => Document() with { PercentComplete = 40 }).Shows(Succeeded);

        await Poller.WaitForCompletionAsync(Accepted(), progress);

        progress.Statuses.Select(status => status.State).Should().Equal(OperationState.Running, OperationState.Succeeded);
    }

    [Fact]
    public void Methods_NullArgument_ThrowImmediately()
    {
        var poller = Poller;
        FluentActions.Invoking(() => poller.WatchAsync((AcceptedOperation)null!)).Should().ThrowExactly<ArgumentNullException>();
        FluentActions.Invoking(() => poller.WatchAsync((string)null!)).Should().ThrowExactly<ArgumentNullException>();
        FluentActions.Invoking(() => { _ = poller.WaitForCompletionAsync((AcceptedOperation)null!); })
            .Should().ThrowExactly<ArgumentNullException>();
        FluentActions.Invoking(() => { _ = poller.WaitForCompletionAsync(Accepted(), (JsonTypeInfo<Receipt>)null!); })
            .Should().ThrowExactly<ArgumentNullException>();
        FluentActions.Invoking(() => { _ = poller.WaitForCompletionAsync("x", (JsonTypeInfo<Receipt>)null!); })
            .Should().ThrowExactly<ArgumentNullException>();
        FluentActions.Invoking(() => new CanceledOperationException(null!)).Should().ThrowExactly<ArgumentNullException>();
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

    private sealed class RecordedProgress : IProgress<OperationStatus>
    {
        public List<OperationStatus> Statuses { get; } = [];

        public void Report(OperationStatus value) => Statuses.Add(value);
    }
}
