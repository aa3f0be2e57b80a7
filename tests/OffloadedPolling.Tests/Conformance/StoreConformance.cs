using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>The obligations of <see cref="IOperationStatusStore"/>.</summary>
public abstract class StoreConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private const int Writers = 16;

    private IOperationStatusStore Store => Host.Store;

    [Fact]
    public async Task CreateAsync_RacingWriters_OneSucceeds()
    {
        var created = await RaceAsync(writer =>
            Store.CreateAsync(TestDocuments.Waiting() with { Message = $"writer {writer}" }, OperationMetadata.Empty, default));

        (await Store.GetAsync(Id, default)).Should().Be(created.Should().ContainSingle().Which);
    }

    [Fact]
    public async Task UpdateAsync_RacingWritersOnTwoHosts_OneSucceeds()
    {
        var other = await StartAsync();
        var read = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        var updated = await RaceAsync(writer => (writer % 2 == 0 ? Store : other.Store)
            .UpdateAsync(read.Status with { Message = $"writer {writer}" }, OperationMetadata.Empty, read.Version, default));

        var winner = updated.Should().ContainSingle().Which;
        (await Store.GetAsync(Id, default)).Should().Be(winner);
        (await other.Store.GetAsync(Id, default)).Should().Be(winner);
    }

    [Fact]
    public async Task UpdateAsync_CurrentVersion_Writes()
    {
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        var updated = await Store.UpdateAsync(
            created.Status with { State = OperationState.Running, Attempt = 1 },
            new OperationMetadata { OwnerMessageId = "m-1", CancelRequested = true, PayloadFingerprint = "f00" },
            created.Version,
            default);

        var found = await Store.GetAsync(Id, default);
        found.Should().Be(updated);
        (found!.Metadata.OwnerMessageId, found.Metadata.CancelRequested, found.Metadata.PayloadFingerprint)
            .Should().Be(("m-1", true, "f00"));
        updated.Version.Should().NotBe(created.Version);
    }

    [Fact]
    public async Task GetAsync_ReturnsWrittenMetadata()
    {
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        (await Store.GetAsync(Id, default))!.Metadata.Should().Be(OperationMetadata.Empty);
        var metadata = new OperationMetadata
        {
            OwnerMessageId = "m-1", ClaimId = "c-1", CancelRequested = true, PayloadFingerprint = "f00", ReplacedMessageIds = "m-2 m-3",
        };

        await Store.UpdateAsync(created.Status with { Message = "again" }, metadata, created.Version, default);

        (await Store.GetAsync(Id, default))!.Metadata.Should().Be(metadata);
    }

    [Fact]
    public async Task UpdateAsync_OlderVersion_ThrowsConflict()
    {
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        var newer = await Store.UpdateAsync(created.Status with { Message = "newer" }, OperationMetadata.Empty, created.Version, default);

        await FluentActions.Awaiting(() =>
            Store.UpdateAsync(created.Status with { Message = "older" }, OperationMetadata.Empty, created.Version, default))
            .Should().ThrowExactlyAsync<OperationStatusConflictException>();

        (await Store.GetAsync(Id, default)).Should().Be(newer);
    }

    [Fact]
    public async Task GetIfChangedAsync_ReturnsOnlyNewerDocument()
    {
        (await Store.GetIfChangedAsync(Id, "nothing", default)).Should().BeNull();
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        (await Store.GetIfChangedAsync(Id, created.Version, default)).Should().BeNull();

        var newer = await Store.UpdateAsync(
            created.Status with { Message = "newer" }, created.Metadata with { CancelRequested = true }, created.Version, default);

        (await Store.GetIfChangedAsync(Id, created.Version, default)).Should().Be(newer);
        (await Store.GetIfChangedAsync(Id, newer.Version, default)).Should().BeNull();
    }

    [Fact]
    public async Task UpdateAsync_DeletedDocument_ThrowsConflict()
    {
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        await Provider.DeleteDocumentAsync(Store.GetStatusKey(Id));

        await FluentActions.Awaiting(() => Store.UpdateAsync(created.Status, OperationMetadata.Empty, created.Version, default))
            .Should().ThrowExactlyAsync<OperationStatusConflictException>();

        (await Store.GetAsync(Id, default)).Should().BeNull();
    }

    [Fact]
    public async Task DeleteAsync_CalledTwice_AllowsNewDocument()
    {
        var other = await StartAsync();
        await Store.DeleteAsync(Id, default);
        var created = await Store.CreateAsync(TestDocuments.Waiting(), new OperationMetadata { CancelRequested = true }, default);

        await Store.DeleteAsync(Id, default);
        await other.Store.DeleteAsync(Id, default);

        (await Store.GetAsync(Id, default)).Should().BeNull();
        (await Store.GetIfChangedAsync(Id, "another", default)).Should().BeNull();
        await FluentActions.Awaiting(() => Store.UpdateAsync(created.Status, created.Metadata, created.Version, default))
            .Should().ThrowExactlyAsync<OperationStatusConflictException>();
        var again = await other.Store.CreateAsync(TestDocuments.Waiting() with { Message = "again" }, OperationMetadata.Empty, default);
        (await Store.GetAsync(Id, default)).Should().Be(again);
        again.Metadata.CancelRequested.Should().BeFalse();
    }

    [Fact]
    public async Task DeleteAsync_AlreadyCanceled_DeletesNothing()
    {
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        await FluentActions.Awaiting(() => Store.DeleteAsync(Id, new CancellationToken(true)))
            .Should().ThrowAsync<OperationCanceledException>();

        (await Store.GetAsync(Id, default)).Should().Be(created);
    }

    [Fact]
    public async Task GetAsync_ReturnsEveryMember()
    {
        var status = TestDocuments.Waiting() with
        {
            State = OperationState.Failed,
            Attempt = 3,
            PercentComplete = 40,
            Message = "größer & schöner \"\\ 🚀",
            Estimate = new OperationEstimate { Median = TimeSpan.FromSeconds(5.25), Upper = TimeSpan.FromSeconds(9) },
            ResourceLocation = "/order/1",
            Error = new OperationProblem { Title = "No", Detail = "Nothing left." },
        };

        var created = await Store.CreateAsync(status, OperationMetadata.Empty, default);

        (await Store.GetAsync(Id, default))!.Status.Should().Be(status);
        created.Status.Should().Be(status);
    }

    [Fact]
    public async Task GetAsync_UnknownId_ReturnsNull() => (await Store.GetAsync(Id, default)).Should().BeNull();

    [Theory]
    [InlineData("not json at all")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""
        {"id":"0123456789abcdef0123456789abcdef","kind":"parcels","status":"Exploded","createdAt":"2026-11-23T10:00:00Z",
        "lastUpdatedAt":"2026-11-23T10:00:00Z","expiresAt":"2026-11-24T10:00:00Z"}
        """)]
    [InlineData("""
        {"id":"ffffffffffffffffffffffffffffffff","kind":"parcels","status":"Running","createdAt":"2026-11-23T10:00:00Z",
        "lastUpdatedAt":"2026-11-23T10:00:00Z","expiresAt":"2026-11-24T10:00:00Z"}
        """)]
    public async Task GetAsync_InvalidDocument_Throws(string body)
    {
        await Provider.PutDocumentAsync(Store.GetStatusKey(Id), body);

        var thrown = (await FluentActions.Awaiting(() => Store.GetAsync(Id, default))
            .Should().ThrowExactlyAsync<InvalidStatusDocumentException>()).Which;

        thrown.Message.Should().Contain(Store.GetStatusKey(Id));
    }

    [Fact]
    public async Task CreateAsync_TooLarge_ThrowsAndWritesNothing()
    {
        var thrown = (await FluentActions.Awaiting(() =>
            Store.CreateAsync(TestDocuments.Waiting() with { Message = new string('x', 17_000) }, OperationMetadata.Empty, default))
            .Should().ThrowExactlyAsync<StatusDocumentTooLargeException>()).Which;

        thrown.Message.Should().Contain("MaxDocumentBytes");
        (await Store.GetAsync(Id, default)).Should().BeNull();
    }

    [Fact]
    public async Task UpdateAsync_TooLarge_ThrowsAndKeepsDocument()
    {
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        await FluentActions.Awaiting(() =>
            Store.UpdateAsync(created.Status with { Message = new string('x', 17_000) }, OperationMetadata.Empty, created.Version, default))
            .Should().ThrowExactlyAsync<StatusDocumentTooLargeException>();

        (await Store.GetAsync(Id, default)).Should().Be(created);
    }

    [Fact]
    public void GetOperationId_ReturnsIdOnlyForStatusKeys()
    {
        Store.GetOperationId(Store.GetStatusKey(Id)).Should().Be(Id);
        new[] { "", "secret", "elsewhere/secret.json", "operations/../secret.json", Store.GetStatusKey(Id)
            + "x", Store.GetStatusKey(Id.ToUpperInvariant()) }.Should().AllSatisfy(key => Store.GetOperationId(key).Should().BeNull());
    }

    [Fact]
    public async Task Metadata_IsNotVisibleToCallers()
    {
        await Store.CreateAsync(TestDocuments.Waiting(), new OperationMetadata { OwnerMessageId = "nobody-s-business" }, default);

        var url = await Host.Issuer.IssueAsync(Store.GetStatusKey(Id), TimeSpan.FromMinutes(5), default);

        (await Host.Http.GetStringAsync(url.Value)).Should().NotContain("nobody-s-business");
    }

    [Fact]
    public async Task GetAsync_AlreadyCanceled_Throws() =>
        await FluentActions.Awaiting(() => Store.GetAsync(Id, new CancellationToken(true)))
            .Should().ThrowAsync<OperationCanceledException>();

    [Fact]
    public async Task CheckAsync_HealthyStore_ReturnsNull() => (await Store.CheckAsync(default)).Should().BeNull();

    private static async Task<List<StoredOperation>> RaceAsync(Func<int, Task<StoredOperation>> write)
    {
        var attempts = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            try
            {
                return await write(writer);
            }
            catch (OperationStatusConflictException)
            {
                return null;
            }
        })));
        return [.. attempts.OfType<StoredOperation>()];
    }
}
