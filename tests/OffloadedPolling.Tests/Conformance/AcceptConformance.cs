using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>What accepting leaves behind, whoever implements the ports.</summary>
public abstract class AcceptConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private const string Notes = "letters";

    private protected override void Build(IOffloadedPollingBuilder builder) =>
        builder.AddOperation<RawNote>(Notes, settings => Provider.Configure(Notes, settings));

    [Fact]
    public async Task AcceptAsync_LeavesADocumentAMessageAndAUrl()
    {
        using var activity = new Activity("POST").Start();

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada", "tea"), new AcceptOptions { ResourceLocation = id => $"/parcel/{id}" });

        var document = await Host.Http.GetFromJsonAsync(accepted.StatusUrl, OperationJson.Status);
        Assert.Equal((accepted.Id, Kind, OperationState.NotStarted), (document!.Id, document.Kind, document.State));
        Assert.Equal($"/parcel/{accepted.Id}", document.ResourceLocation);
        Assert.Equal(TimeSpan.FromDays(1), document.ExpiresAt - document.LastUpdatedAt);
        Assert.InRange(accepted.StatusUrlExpiresAt - document.CreatedAt, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6));
        var message = Assert.Single(await Host.Queue.ReceiveAsync(Kind, 10, default));
        Assert.Equal("""{"To":"Ada","Content":"tea"}""", message.Body);
        Assert.Equal(accepted.Id, Host.Store.GetOperationId(message.StatusKey!));
        Assert.StartsWith($"00-{activity.TraceId}-", message.TraceParent, StringComparison.Ordinal);
        message.StatusCreatedAt.Should().Be(document.CreatedAt);
    }

    [Fact]
    public async Task AcceptAsync_APayloadOverTheLimit_CreatesNothing()
    {
        var limit = await Host.Queue.GetMaxMessageBytesAsync(Kind, default);

        var thrown = await Assert.ThrowsAsync<PayloadTooLargeException>(() => Host.Operations.AcceptAsync(new Parcel("Ada", new string('x', limit))));

        thrown.Limit.Should().Be(limit);
        Assert.Equal(0, await Provider.CountDocumentsAsync());
        Assert.Equal(0, await Provider.CountMessagesAsync(Kind));
    }

    [Theory]
    [InlineData("\"a\uFFFF\"", "\"a\\uFFFF\"")]
    [InlineData("\"a\u0001\"", "\"a\\u0001\"")]
    public async Task AcceptAsync_RawJsonWithCharactersThatNoQueueCarries_SendsThemEscaped(string raw, string sent)
    {
        await Host.Operations.AcceptAsync(new RawNote(raw));

        var message = (await Host.Queue.ReceiveAsync(Notes, 1, default)).Should().ContainSingle().Which;

        message.Body.Should().Be($$"""{"json":{{sent}}}""");
    }

    [Fact]
    public async Task AcceptAsync_CharactersThatNoQueueCarriesOutsideStrings_IsRefusedAndCreatesNothing()
    {
        await Host.Operations.Invoking(operations => operations.AcceptAsync(new RawNote("1\uFFFF"))).Should().ThrowAsync<InvalidPayloadException>();

        (await Provider.CountDocumentsAsync()).Should().Be(0);
        (await Provider.CountMessagesAsync(Notes)).Should().Be(0);
    }

    [Fact]
    public async Task RenewUrlAsync_OnAnotherHost_OpensTheSameDocument()
    {
        var other = await StartAsync();
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));

        var renewed = await other.Operations.RenewUrlAsync(accepted.Id);

        Assert.Equal(accepted.Id, (await Host.Http.GetFromJsonAsync(renewed!.StatusUrl, OperationJson.Status))!.Id);
        Assert.Null(await other.Operations.RenewUrlAsync(Id));
        Assert.Null(await other.Operations.RenewUrlAsync("../secret"));
    }

    [Fact]
    public async Task AcceptAsync_LoggedAtTrace_ShowsNoCredential()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Host.Http.GetStringAsync(accepted.StatusUrl);

        var query = accepted.StatusUrl[accepted.StatusUrl.IndexOf('?', StringComparison.Ordinal)..];
        Assert.Contains("ignature=", query, StringComparison.Ordinal);
        Assert.DoesNotContain(Host.Log.Entries, entry => entry.Text.Contains(query[query.LastIndexOf('=')..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task AcceptAsync_WithTheSameKey_IsTheSameOperationAndSendsAgainWhileItWaits()
    {
        var first = await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());
        var again = await (await StartAsync()).Operations.AcceptAsync(new Parcel("Ada"), Keyed());

        Assert.Equal((first.Id, OperationState.NotStarted), (again.Id, again.Status));
        Assert.Equal(1, await Provider.CountDocumentsAsync());
        Assert.Equal(2, await Provider.CountMessagesAsync(Kind));
        Assert.Equal(first.Id, (await Host.Http.GetFromJsonAsync(again.StatusUrl, OperationJson.Status))!.Id);
    }

    [Fact]
    public async Task AcceptAsync_WithTheSameKey_SendsTheCreatedAtOfTheDocumentThatIsThere()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());
        var createdAt = (await Host.Operations.GetAsync(accepted.Id))!.CreatedAt;
        await Eventually.TrueAsync(
            () => DateTimeOffset.UtcNow - createdAt > TimeSpan.FromMilliseconds(2), Timeout, () => "time stands still");

        await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());

        var first = await Host.Queue.ReceiveAsync(Kind, 2, default);
        var messages = first.Count == 2 ? first : [.. first, .. await Host.Queue.ReceiveAsync(Kind, 1, default)];
        messages.Should().HaveCount(2).And.OnlyContain(message => message.StatusCreatedAt == createdAt);
    }

    [Fact]
    public async Task AcceptAsync_WithTheSameKeyAfterTheEnd_TellsTheEndAndSendsNothing()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());
        await Host.Operations.CancelAsync(accepted.Id);

        var again = await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());

        Assert.Equal((accepted.Id, OperationState.Canceled), (again.Id, again.Status));
        Assert.Equal(1, await Provider.CountMessagesAsync(Kind));
    }

    [Fact]
    public async Task AcceptAsync_WithTheSameKeyAndAnotherPayload_IsRefused()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());

        var thrown = await Assert.ThrowsAsync<IdempotencyConflictException>(() => Host.Operations.AcceptAsync(new Parcel("Bob"), Keyed()));

        Assert.Equal(accepted.Id, thrown.OperationId);
        Assert.Equal(1, await Provider.CountMessagesAsync(Kind));
    }

    [Fact]
    public async Task AcceptAsync_WithAnotherScopeOrKey_IsAnotherOperation()
    {
        var accepted = await Task.WhenAll(
            Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed("one", "0123456789abcdef")),
            Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed("two", "0123456789abcdef")),
            Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed("one", "0123456789abcdefg")),
            Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed("one0", "123456789abcdefgh")));

        Assert.Equal(4, accepted.Select(operation => operation.Id).Distinct().Count());
        Assert.All(accepted, operation => Assert.True(OperationId.IsValid(operation.Id)));
    }

    [Fact]
    public async Task AcceptAsync_TenAtOnceWithOneKey_OneOperation()
    {
        var other = await StartAsync();

        var accepted = await Task.WhenAll(Enumerable.Range(0, 10).Select(number =>
            Task.Run(() => (number % 2 == 0 ? Host : other).Operations.AcceptAsync(new Parcel("Ada"), Keyed()))));

        Assert.Single(accepted.Select(operation => operation.Id).Distinct());
        Assert.Equal(1, await Provider.CountDocumentsAsync());
        Assert.InRange(await Provider.CountMessagesAsync(Kind), 1, 10);
    }

    [Fact]
    public async Task AcceptAsync_AKeyThatIsTooShortOrOfNobody_IsRefusedAndNothingIsCreated()
    {
        var tooShort = await Assert.ThrowsAsync<InvalidIdempotencyKeyException>(() => Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed(key: "0123456789abcde")));
        var ofNobody = await Assert.ThrowsAsync<ArgumentException>(() => Host.Operations.AcceptAsync(
            new Parcel("Ada"), new AcceptOptions { IdempotencyKey = "0123456789abcdef" }));

        Assert.Equal(15, tooShort.Length);
        Assert.Contains("IdempotencyScope", ofNobody.Message, StringComparison.Ordinal);
        Assert.Equal(0, await Provider.CountDocumentsAsync());
    }

    [Fact]
    public async Task CancelAsync_AWaitingOperation_IsCanceledHoweverOftenItIsAsked()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));

        var first = await Host.Operations.CancelAsync(accepted.Id);
        var again = await (await StartAsync()).Operations.CancelAsync(accepted.Id);

        Assert.Equal((OperationState.Canceled, null, null), (first!.State, first.Error, first.Estimate));
        Assert.Equal(again, await Host.Http.GetFromJsonAsync(accepted.StatusUrl, OperationJson.Status));
        Assert.Equal(OperationState.Canceled, again!.State);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("../secret")]
    public async Task CancelAsync_AnUnknownOperation_Null(string id) => Assert.Null(await Host.Operations.CancelAsync(id));

    private static AcceptOptions Keyed(string scope = "user ada", string key = "6a1f0c4e-7f5b-4a0e-9d3c-2b8e1f7a6d5c") =>
        new() { IdempotencyScope = scope, IdempotencyKey = key };
}
