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
        var created = await RaceAsync(writer => Store.CreateAsync(TestDocuments.Waiting() with { Message = $"writer {writer}" }, OperationMetadata.Empty, default));

        Assert.Equal(Assert.Single(created), await Store.GetAsync(Id, default));
    }

    [Fact]
    public async Task UpdateAsync_RacingWritersOnTwoHosts_OneSucceeds()
    {
        var other = await StartAsync();
        var read = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        var updated = await RaceAsync(writer => (writer % 2 == 0 ? Store : other.Store)
            .UpdateAsync(read.Status with { Message = $"writer {writer}" }, OperationMetadata.Empty, read.Version, default));

        var winner = Assert.Single(updated);
        Assert.Equal(winner, await Store.GetAsync(Id, default));
        Assert.Equal(winner, await other.Store.GetAsync(Id, default));
    }

    [Fact]
    public async Task UpdateAsync_WithTheVersionRead_Writes()
    {
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        var updated = await Store.UpdateAsync(
            created.Status with { State = OperationState.Running, Attempt = 1 },
            new OperationMetadata { OwnerMessageId = "m-1", CancelRequested = true, PayloadFingerprint = "f00" },
            created.Version,
            default);

        var found = await Store.GetAsync(Id, default);
        Assert.Equal(updated, found);
        Assert.Equal(("m-1", true, "f00"), (found!.Metadata.OwnerMessageId, found.Metadata.CancelRequested, found.Metadata.PayloadFingerprint));
        Assert.NotEqual(created.Version, updated.Version);
    }

    [Fact]
    public async Task GetAsync_Metadata_IsThatWritten()
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
    public async Task UpdateAsync_WithAnOlderVersion_LosesToTheNewer()
    {
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        var newer = await Store.UpdateAsync(created.Status with { Message = "newer" }, OperationMetadata.Empty, created.Version, default);

        await Assert.ThrowsAsync<OperationStatusConflictException>(() =>
            Store.UpdateAsync(created.Status with { Message = "older" }, OperationMetadata.Empty, created.Version, default));

        Assert.Equal(newer, await Store.GetAsync(Id, default));
    }

    [Fact]
    public async Task GetIfChangedAsync_OnlyWhatIsNewerThanKnown()
    {
        Assert.Null(await Store.GetIfChangedAsync(Id, "nothing", default));
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        Assert.Null(await Store.GetIfChangedAsync(Id, created.Version, default));

        var newer = await Store.UpdateAsync(created.Status with { Message = "newer" }, created.Metadata with { CancelRequested = true }, created.Version, default);

        Assert.Equal(newer, await Store.GetIfChangedAsync(Id, created.Version, default));
        Assert.Null(await Store.GetIfChangedAsync(Id, newer.Version, default));
    }

    [Fact]
    public async Task UpdateAsync_OfADeletedDocument_Conflicts()
    {
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        await Provider.DeleteDocumentAsync(Store.GetStatusKey(Id));

        await Assert.ThrowsAsync<OperationStatusConflictException>(() => Store.UpdateAsync(created.Status, OperationMetadata.Empty, created.Version, default));

        Assert.Null(await Store.GetAsync(Id, default));
    }

    [Fact]
    public async Task DeleteAsync_IsDoneHoweverOften_AndAnotherMayBeCreated()
    {
        var other = await StartAsync();
        await Store.DeleteAsync(Id, default);
        var created = await Store.CreateAsync(TestDocuments.Waiting(), new OperationMetadata { CancelRequested = true }, default);

        await Store.DeleteAsync(Id, default);
        await other.Store.DeleteAsync(Id, default);

        Assert.Null(await Store.GetAsync(Id, default));
        Assert.Null(await Store.GetIfChangedAsync(Id, "another", default));
        await Assert.ThrowsAsync<OperationStatusConflictException>(() => Store.UpdateAsync(created.Status, created.Metadata, created.Version, default));
        var again = await other.Store.CreateAsync(TestDocuments.Waiting() with { Message = "again" }, OperationMetadata.Empty, default);
        Assert.Equal(again, await Store.GetAsync(Id, default));
        Assert.False(again.Metadata.CancelRequested);
    }

    [Fact]
    public async Task DeleteAsync_GivenUpBefore_DeletesNothing()
    {
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.DeleteAsync(Id, new CancellationToken(true)));

        Assert.Equal(created, await Store.GetAsync(Id, default));
    }

    [Fact]
    public async Task GetAsync_EveryMember_ComesBack()
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

        Assert.Equal(status, (await Store.GetAsync(Id, default))!.Status);
        Assert.Equal(status, created.Status);
    }

    [Fact]
    public async Task GetAsync_UnknownId_Null() => Assert.Null(await Store.GetAsync(Id, default));

    [Theory]
    [InlineData("not json at all")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"id":"0123456789abcdef0123456789abcdef","kind":"parcels","status":"Exploded","createdAt":"2026-11-23T10:00:00Z","lastUpdatedAt":"2026-11-23T10:00:00Z","expiresAt":"2026-11-24T10:00:00Z"}""")]
    [InlineData("""{"id":"ffffffffffffffffffffffffffffffff","kind":"parcels","status":"Running","createdAt":"2026-11-23T10:00:00Z","lastUpdatedAt":"2026-11-23T10:00:00Z","expiresAt":"2026-11-24T10:00:00Z"}""")]
    public async Task GetAsync_WhatIsNoDocumentOfOurs_SaysSo(string body)
    {
        await Provider.PutDocumentAsync(Store.GetStatusKey(Id), body);

        var thrown = await Assert.ThrowsAsync<InvalidStatusDocumentException>(() => Store.GetAsync(Id, default));

        Assert.Contains(Store.GetStatusKey(Id), thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_OverMaxDocumentBytes_IsRefusedAndNothingIsWritten()
    {
        var thrown = await Assert.ThrowsAsync<StatusDocumentTooLargeException>(() =>
            Store.CreateAsync(TestDocuments.Waiting() with { Message = new string('x', 17_000) }, OperationMetadata.Empty, default));

        Assert.Contains("MaxDocumentBytes", thrown.Message, StringComparison.Ordinal);
        Assert.Null(await Store.GetAsync(Id, default));
    }

    [Fact]
    public async Task UpdateAsync_OverMaxDocumentBytes_LeavesWhatWasThere()
    {
        var created = await Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        await Assert.ThrowsAsync<StatusDocumentTooLargeException>(() =>
            Store.UpdateAsync(created.Status with { Message = new string('x', 17_000) }, OperationMetadata.Empty, created.Version, default));

        Assert.Equal(created, await Store.GetAsync(Id, default));
    }

    [Fact]
    public void StatusKeys_LeadBackToTheirId_AndOthersNowhere()
    {
        Assert.Equal(Id, Store.GetOperationId(Store.GetStatusKey(Id)));
        Assert.All(
            ["", "secret", "elsewhere/secret.json", "operations/../secret.json", Store.GetStatusKey(Id) + "x", Store.GetStatusKey(Id.ToUpperInvariant())],
            key => Assert.Null(Store.GetOperationId(key)));
    }

    [Fact]
    public async Task Metadata_IsNotInTheDocumentThatCallersRead()
    {
        await Store.CreateAsync(TestDocuments.Waiting(), new OperationMetadata { OwnerMessageId = "nobody-s-business" }, default);

        var url = await Host.Issuer.IssueAsync(Store.GetStatusKey(Id), TimeSpan.FromMinutes(5), default);

        Assert.DoesNotContain("nobody-s-business", await Host.Http.GetStringAsync(url.Value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_GivenUpBefore_IsCanceled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.GetAsync(Id, new CancellationToken(true)));

    [Fact]
    public async Task CheckAsync_AStoreThatWorks_FindsNothingWrong() => Assert.Null(await Store.CheckAsync(default));

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
