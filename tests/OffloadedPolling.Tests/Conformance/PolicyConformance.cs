using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Processing;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>The document of every step passes the host's policies, with any provider.</summary>
public abstract class PolicyConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private readonly ParcelPolicy _policy = new();

    private readonly HandlerScript _script = new();

    private protected override void Settings(OffloadedPollingOptions options) =>
        options.MinProgressInterval = TimeSpan.FromMilliseconds(50);

    private protected override void Settings(OperationOptions kind) =>
        (kind.VisibilityTimeout, kind.MaxConcurrency, kind.MaxAttempts) = (TimeSpan.FromSeconds(2), 1, 2);

    private protected override void Build(IOffloadedPollingBuilder builder)
    {
        builder.Services.AddSingleton(_script).AddSingleton<IStatusDocumentPolicy>(_policy);
        builder.AddHandler<Parcel, ParcelHandler>().AddDeadLetterReader();
    }

    [Fact]
    public async Task Policy_ChangesDocument_WritesChangedDocument()
    {
        _policy.Judge = document => document with
        {
            ResourceLocation = $"/seen/{document.State}",
            Message = document.Message?.Replace("step", "parcel", StringComparison.Ordinal),
            Result = null,
        };
        _script.Steps["Ada"] = 50;

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        OperationStatus? seen = null;
        await Eventually.TrueAsync(
            async () => (seen = await Host.Operations.GetAsync(accepted.Id))!.PercentComplete is > 0 and < 100, Timeout,
            () => "no progress was seen");
        await EndOfAsync(accepted.Id);
        var end = await Host.Http.GetFromJsonAsync(accepted.StatusUrl, OperationJson.Status);

        seen!.ResourceLocation.Should().Be("/seen/Running");
        seen.Message.Should().StartWith("parcel ");
        (end!.State, end.ResourceLocation, end.Result)
            .Should().Be((OperationState.Succeeded, "/seen/Succeeded", (System.Text.Json.JsonElement?)null));
    }

    [Fact]
    public async Task AcceptAsync_PolicyRefuses_ThrowsAndCreatesNothing()
    {
        _policy.Refuse(OperationState.NotStarted);

        var thrown = (await FluentActions.Awaiting(() => Host.Operations.AcceptAsync(new Parcel("Ada")))
            .Should().ThrowExactlyAsync<StatusDocumentRefusedException>()).Which;
        await FluentActions.Awaiting(() => Host.Operations.AcceptAsync(
            new Parcel("Ada"), new AcceptOptions { IdempotencyKey = "0123456789abcdef", IdempotencyScope = "ada" }))
            .Should().ThrowExactlyAsync<StatusDocumentRefusedException>();

        thrown.Reason.Should().Be("no NotStarted today.");
        (await Provider.CountDocumentsAsync(), await Provider.CountMessagesAsync(Kind)).Should().Be((0, 0));
    }

    [Fact]
    public async Task Progress_PolicyRefuses_ThrowsInHandler()
    {
        _policy.Judge = document =>
            document.Message == "a secret" ? throw new StatusDocumentRefusedException("it tells too much.") : document;
        _script.Message["Ada"] = "a secret";

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Ada"))).Id);

        (end.State, end.Attempt).Should().Be((OperationState.Succeeded, (int?)1));
        _script.Refused.Should().ContainSingle().Which.Should().BeOfType<StatusDocumentRefusedException>();
    }

    [Fact]
    public async Task Claim_PolicyRefuses_RunsWithMinimalDocument()
    {
        _policy.Refuse(OperationState.Running);
        _script.Deaf["Ada"] = true;

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), new AcceptOptions { ResourceLocation = id => $"/parcel/{id}" });
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");
        var running = await Host.Operations.GetAsync(accepted.Id);
        _script.Wake.SetResult();
        var end = await EndOfAsync(accepted.Id);

        (running!.State, running.Attempt, running.ResourceLocation, running.Estimate)
            .Should().Be((OperationState.Running, (int?)1, (string?)null, (OperationEstimate?)null));
        (end.State, end.ResourceLocation).Should().Be((OperationState.Succeeded, (string?)null));
        end.Result!.Value.GetString().Should().Be("done");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task End_PolicyRefuses_FailsWithMinimalDocument(bool succeeds)
    {
        _policy.Refuse(succeeds ? OperationState.Succeeded : OperationState.Failed);
        _script.Result["Ada"] = "a secret";
        if (!succeeds)
        {
            _script.Throw["Ada"] = new OperationFailedException("a secret", "a secret");
        }

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), new AcceptOptions { ResourceLocation = id => $"/parcel/{id}" });
        var end = await EndOfAsync(accepted.Id);

        (end.State, end.Attempt).Should().Be((OperationState.Failed, (int?)1));
        end.Error!.Type.Should().Be("urn:offloaded-polling:problem:status-refused");
        (await Host.Http.GetStringAsync(accepted.StatusUrl)).Should().NotContain("a secret");
        (end.Result, end.Message, end.ResourceLocation, end.PercentComplete)
            .Should().Be(((System.Text.Json.JsonElement?)null, (string?)null, (string?)null, (int?)null));
        await Eventually.TrueAsync(async () => await Provider.CountMessagesAsync(Kind) == 0, Timeout, () => "the message was not deleted");
        Host.Log.Entries.Should().Contain(entry => entry.Id == 442);
        Host.Log.Entries.Should().Contain(entry =>
            entry.Id == 420 && entry.Text.Contains(nameof(OperationState.Failed), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Canceled_PolicyRefuses_WritesMinimalDocument()
    {
        _policy.Refuse(OperationState.Canceled);
        _script.Wait["Ada"] = true;
        var running = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");
        var waiting = await Host.Operations.AcceptAsync(new Parcel("Bob"), new AcceptOptions { ResourceLocation = id => $"/parcel/{id}" });

        var canceled = await Host.Operations.CancelAsync(waiting.Id);
        await Host.Operations.CancelAsync(running.Id);

        (canceled!.State, canceled.ResourceLocation, canceled.Error)
            .Should().Be((OperationState.Canceled, (string?)null, (OperationProblem?)null));
        (await EndOfAsync(running.Id)).State.Should().Be(OperationState.Canceled);
    }

    [Fact]
    public async Task CancelAsync_PolicyRefuses_StillCancels()
    {
        _script.Wait["Ada"] = true;
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), new AcceptOptions { ResourceLocation = id => $"/parcel/{id}" });
        await Eventually.TrueAsync(() => _script.Waiting > 0, Timeout, () => "the handler did not start");
        _policy.Refuse(OperationState.Running);

        var asked = await Host.Operations.CancelAsync(accepted.Id);

        (asked!.State, asked.ResourceLocation).Should().Be((OperationState.Running, (string?)null));
        (await EndOfAsync(accepted.Id)).State.Should().Be(OperationState.Canceled);
    }

    [Fact]
    public async Task DeadLetter_PolicyRefuses_FailsWithMinimalDocument()
    {
        _policy.Refuse(OperationState.Failed);
        var waiting = await Host.Store.CreateAsync(
            TestDocuments.Waiting() with { Message = "a secret" }, new OperationMetadata { ReplacedMessageIds = "a b c" }, default);
        var letter = new ReceivedMessage { Id =
            "m-1", ReceiptHandle = "m-1", Body = "{}", StatusKey = Host.Store.GetStatusKey(Id), ReceiveCount = 9 };

        await Host.Services.GetRequiredService<DeadLetterProcessor>().ProcessAsync(Kind, letter, delete: false, default);

        var end = await Host.Operations.GetAsync(waiting.Status.Id);
        (end!.State, end.Error?.Type, end.Message)
            .Should().Be((OperationState.Failed, "urn:offloaded-polling:problem:status-refused", (string?)null));
    }
}
