using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>What accepting an operation creates, with any provider.</summary>
public abstract class AcceptConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private const string Notes = "letters";

    private protected override void Build(IOffloadedPollingBuilder builder) =>
        builder.AddOperation<RawNote>(Notes, settings => Provider.Configure(Notes, settings));

    [Fact]
    public async Task AcceptAsync_CreatesDocumentMessageAndUrl()
    {
        using var activity = new Activity("POST").Start();

        var accepted = await Host.Operations.AcceptAsync(
            new Parcel("Ada", "tea"), new AcceptOptions { ResourceLocation = id => $"/parcel/{id}" });

        var document = await Host.Http.GetFromJsonAsync(accepted.StatusUrl, OperationJson.Status);
        (document!.Id, document.Kind, document.State).Should().Be((accepted.Id, Kind, OperationState.NotStarted));
        document.ResourceLocation.Should().Be($"/parcel/{accepted.Id}");
        (document.ExpiresAt - document.LastUpdatedAt).Should().Be(TimeSpan.FromDays(1));
        (accepted.StatusUrlExpiresAt - document.CreatedAt).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMinutes(4))
            .And.BeLessThanOrEqualTo(TimeSpan.FromMinutes(6));
        var message = (await Host.Queue.ReceiveAsync(Kind, 10, default)).Should().ContainSingle().Which;
        message.Body.Should().Be("""{"To":"Ada","Content":"tea"}""");
        Host.Store.GetOperationId(message.StatusKey!).Should().Be(accepted.Id);
        message.TraceParent.Should().StartWith($"00-{activity.TraceId}-");
        message.StatusCreatedAt.Should().Be(document.CreatedAt);
    }

    [Fact]
    public async Task AcceptAsync_PayloadTooLarge_ThrowsAndCreatesNothing()
    {
        var limit = await Host.Queue.GetMaxMessageBytesAsync(Kind, default);

        var thrown = (await FluentActions.Awaiting(() => Host.Operations.AcceptAsync(new Parcel("Ada", new string('x', limit))))
            .Should().ThrowExactlyAsync<PayloadTooLargeException>()).Which;

        thrown.Limit.Should().Be(limit);
        (await Provider.CountDocumentsAsync()).Should().Be(0);
        (await Provider.CountMessagesAsync(Kind)).Should().Be(0);
    }

    [Theory]
    [InlineData("\"a\uFFFF\"", "\"a\\uFFFF\"")]
    [InlineData("\"a\u0001\"", "\"a\\u0001\"")]
    public async Task AcceptAsync_RawJsonWithInvalidCharacters_SendsThemEscaped(string raw, string sent)
    {
        await Host.Operations.AcceptAsync(new RawNote(raw));

        var message = (await Host.Queue.ReceiveAsync(Notes, 1, default)).Should().ContainSingle().Which;

        message.Body.Should().Be($$"""{"json":{{sent}}}""");
    }

    [Fact]
    public async Task AcceptAsync_InvalidCharacterOutsideString_ThrowsAndCreatesNothing()
    {
        await Host.Operations.Invoking(operations => operations.AcceptAsync(new RawNote("1\uFFFF")))
            .Should().ThrowAsync<InvalidPayloadException>();

        (await Provider.CountDocumentsAsync()).Should().Be(0);
        (await Provider.CountMessagesAsync(Notes)).Should().Be(0);
    }

    [Fact]
    public async Task RenewUrlAsync_OnOtherHost_ReturnsUrlOfSameDocument()
    {
        var other = await StartAsync();
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));

        var renewed = await other.Operations.RenewUrlAsync(accepted.Id);

        (await Host.Http.GetFromJsonAsync(renewed!.StatusUrl, OperationJson.Status))!.Id.Should().Be(accepted.Id);
        (await other.Operations.RenewUrlAsync(Id)).Should().BeNull();
        (await other.Operations.RenewUrlAsync("../secret")).Should().BeNull();
    }

    [Fact]
    public async Task AcceptAsync_TraceLogging_DoesNotLogCredentials()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Host.Http.GetStringAsync(accepted.StatusUrl);

        var query = accepted.StatusUrl[accepted.StatusUrl.IndexOf('?', StringComparison.Ordinal)..];
        query.Should().Contain("ignature=");
        Host.Log.Entries.Where(entry => entry.Text.Contains(query[query.LastIndexOf('=')..], StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public async Task AcceptAsync_SameKey_ReturnsSameOperationAndResends()
    {
        var first = await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());
        var again = await (await StartAsync()).Operations.AcceptAsync(new Parcel("Ada"), Keyed());

        (again.Id, again.Status).Should().Be((first.Id, OperationState.NotStarted));
        (await Provider.CountDocumentsAsync()).Should().Be(1);
        (await Provider.CountMessagesAsync(Kind)).Should().Be(2);
        (await Host.Http.GetFromJsonAsync(again.StatusUrl, OperationJson.Status))!.Id.Should().Be(first.Id);
    }

    [Fact]
    public async Task AcceptAsync_SameKey_SendsCreatedAtOfExistingDocument()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());
        var createdAt = (await Host.Operations.GetAsync(accepted.Id))!.CreatedAt;
        await Eventually.TrueAsync(
            () => DateTimeOffset.UtcNow - createdAt > TimeSpan.FromMilliseconds(2), Timeout, () => "the clock did not advance");

        await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());

        var first = await Host.Queue.ReceiveAsync(Kind, 2, default);
        var messages = first.Count == 2 ? first : [.. first, .. await Host.Queue.ReceiveAsync(Kind, 1, default)];
        messages.Should().HaveCount(2).And.OnlyContain(message => message.StatusCreatedAt == createdAt);
    }

    [Fact]
    public async Task AcceptAsync_SameKeyAfterEnd_ReturnsFinalStateWithoutSending()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());
        await Host.Operations.CancelAsync(accepted.Id);

        var again = await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());

        (again.Id, again.Status).Should().Be((accepted.Id, OperationState.Canceled));
        (await Provider.CountMessagesAsync(Kind)).Should().Be(1);
    }

    [Fact]
    public async Task AcceptAsync_SameKeyOtherPayload_ThrowsConflict()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed());

        var thrown = (await FluentActions.Awaiting(() => Host.Operations.AcceptAsync(new Parcel("Bob"), Keyed()))
            .Should().ThrowExactlyAsync<IdempotencyConflictException>()).Which;

        thrown.OperationId.Should().Be(accepted.Id);
        (await Provider.CountMessagesAsync(Kind)).Should().Be(1);
    }

    [Fact]
    public async Task AcceptAsync_OtherScopeOrKey_CreatesOtherOperation()
    {
        var accepted = await Task.WhenAll(
            Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed("one", "0123456789abcdef")),
            Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed("two", "0123456789abcdef")),
            Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed("one", "0123456789abcdefg")),
            Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed("one0", "123456789abcdefgh")));

        accepted.Select(operation => operation.Id).Distinct().Should().HaveCount(4);
        accepted.Should().AllSatisfy(operation => OperationId.IsValid(operation.Id).Should().BeTrue());
    }

    [Fact]
    public async Task AcceptAsync_ConcurrentCallsWithSameKey_CreateOneOperation()
    {
        var other = await StartAsync();

        var accepted = await Task.WhenAll(Enumerable.Range(0, 10).Select(number =>
            Task.Run(() => (number % 2 == 0 ? Host : other).Operations.AcceptAsync(new Parcel("Ada"), Keyed()))));

        accepted.Select(operation => operation.Id).Distinct().Should().ContainSingle();
        (await Provider.CountDocumentsAsync()).Should().Be(1);
        (await Provider.CountMessagesAsync(Kind)).Should().BeInRange(1, 10);
    }

    [Fact]
    public async Task AcceptAsync_KeyTooShortOrWithoutScope_ThrowsAndCreatesNothing()
    {
        var tooShort = (await FluentActions.Awaiting(() => Host.Operations.AcceptAsync(new Parcel("Ada"), Keyed(key: "0123456789abcde")))
            .Should().ThrowExactlyAsync<InvalidIdempotencyKeyException>()).Which;
        var withoutScope = (await FluentActions.Awaiting(() => Host.Operations.AcceptAsync(
            new Parcel("Ada"), new AcceptOptions { IdempotencyKey = "0123456789abcdef" }))
            .Should().ThrowExactlyAsync<ArgumentException>()).Which;

        tooShort.Length.Should().Be(15);
        withoutScope.Message.Should().Contain("IdempotencyScope");
        (await Provider.CountDocumentsAsync()).Should().Be(0);
    }

    [Fact]
    public async Task CancelAsync_WaitingOperation_IsIdempotent()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));

        var first = await Host.Operations.CancelAsync(accepted.Id);
        var again = await (await StartAsync()).Operations.CancelAsync(accepted.Id);

        (first!.State, first.Error, first.Estimate)
            .Should().Be((OperationState.Canceled, (OperationProblem?)null, (OperationEstimate?)null));
        (await Host.Http.GetFromJsonAsync(accepted.StatusUrl, OperationJson.Status)).Should().Be(again);
        again!.State.Should().Be(OperationState.Canceled);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("../secret")]
    public async Task CancelAsync_UnknownOperation_ReturnsNull(string id) => (await Host.Operations.CancelAsync(id)).Should().BeNull();

    private static AcceptOptions Keyed(string scope = "user ada", string key = "6a1f0c4e-7f5b-4a0e-9d3c-2b8e1f7a6d5c") =>
        new() { IdempotencyScope = scope, IdempotencyKey = key };
}
