using System.Net;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>The obligations of <see cref="IPresignedUrlIssuer"/>, and what callers get at its URLs.</summary>
public abstract class IssuerConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private const string OtherId = "fedcba9876543210fedcba9876543210";

    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Url_OpensItsDocument()
    {
        await CreateAsync();
        var url = await IssueAsync();

        using var response = await Host.GetAsync(url.Value);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.NotNull(response.Headers.Date);
        Assert.True(response.Headers.ETag is { IsWeak: false });
        Assert.Equal(StatusDocument.Write(TestDocuments.Waiting(), 16 * 1024), await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Url_WithTheETagSeen_304UntilTheDocumentChanges()
    {
        var created = await CreateAsync();
        var url = await IssueAsync();
        using var first = await Host.GetAsync(url.Value);
        var etag = first.Headers.ETag!.ToString();

        using var unchanged = await Host.GetAsync(url.Value, etag);
        await Host.Store.UpdateAsync(created.Status with { Message = "newer" }, created.Metadata, created.Version, default);
        using var changed = await Host.GetAsync(url.Value, etag);

        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(etag, changed.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task Url_Altered_403()
    {
        await CreateAsync();
        await Host.Store.CreateAsync(TestDocuments.Waiting(OtherId), OperationMetadata.Empty, default);
        var url = (await IssueAsync()).Value;
        var path = url[..url.IndexOf('?', StringComparison.Ordinal)];

        foreach (var altered in (IEnumerable<string>)[
            path, path + "?", url + "0", url[..^1], url[..^1] + (url[^1] == '0' ? '1' : '0'), url + "&x=1",
            url.Replace(Id, OtherId, StringComparison.Ordinal), LongerLived(url)])
        {
            Assert.NotEqual(url, altered);
            Assert.Equal(HttpStatusCode.Forbidden, await Host.StatusOfAsync(altered));
        }

        Assert.Equal(HttpStatusCode.OK, await Host.StatusOfAsync(url));
    }

    [Fact]
    public async Task Url_OfNoOperation_403WhetherThereIsOneOrNot()
    {
        await CreateAsync();
        var url = (await IssueAsync()).Value;

        using var wrong = await Host.GetAsync(url + "0");
        using var nowhere = await Host.GetAsync(url.Replace(Id, OtherId, StringComparison.Ordinal) + "0");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (wrong.StatusCode, nowhere.StatusCode));
    }

    [Fact]
    public async Task Url_RightlySignedToNoDocument_404() =>
        Assert.Equal(HttpStatusCode.NotFound, await Host.StatusOfAsync((await IssueAsync()).Value));

    [Theory]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task Url_WithAnotherMethod_DoesNothing(string method)
    {
        var created = await CreateAsync();

        using var response = await Host.GetAsync((await IssueAsync()).Value, method: new HttpMethod(method));

        Assert.InRange((int)response.StatusCode, 400, 499);
        Assert.Equal(created, await Host.Store.GetAsync(Id, default));
    }

    [Fact]
    public async Task Url_AfterItsTime_403()
    {
        await CreateAsync();
        var url = await IssueAsync(TimeSpan.FromSeconds(2));
        Assert.InRange(url.ExpiresAt - DateTimeOffset.UtcNow, TimeSpan.FromMilliseconds(-500), TimeSpan.FromSeconds(2.5));

        await Eventually.TrueAsync(async () => await Host.StatusOfAsync(url.Value) == HttpStatusCode.Forbidden, Timeout, () => "it still opens");

        Assert.True(DateTimeOffset.UtcNow >= url.ExpiresAt.AddMilliseconds(-100), "It stopped working before it was said to.");
        Assert.Equal(HttpStatusCode.OK, await Host.StatusOfAsync((await IssueAsync()).Value));
    }

    [Fact]
    public async Task IssueAsync_ForLongerThanTheLongest_TellsTheEndThatItHas()
    {
        var url = await IssueAsync(TimeSpan.FromDays(1));

        Assert.InRange(url.ExpiresAt - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task IssueAsync_OutOfRange_Throws()
    {
        foreach (var lifetime in (IEnumerable<TimeSpan>)[TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromDays(7).Add(TimeSpan.FromSeconds(1))])
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => IssueAsync(lifetime));
        }
    }

    [Fact]
    public async Task IssueAsync_WhatIsNoStatusKey_Throws() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Host.Issuer.IssueAsync("secrets.txt", _lifetime, default).AsTask());

    [Fact]
    public async Task StatusUrl_Printed_ShowsNoCredential()
    {
        var url = await IssueAsync();

        Assert.DoesNotContain("ignature=", url.ToString(), StringComparison.Ordinal);
        Assert.Contains(Id, url.ToString(), StringComparison.Ordinal);
    }

    private Task<StoredOperation> CreateAsync() => Host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

    private Task<StatusUrl> IssueAsync(TimeSpan? lifetime = null) =>
        Host.Issuer.IssueAsync(Host.Store.GetStatusKey(Id), lifetime ?? _lifetime, default).AsTask();

    // Whatever the query calls it: every number in it one higher.
    private static string LongerLived(string url) =>
        System.Text.RegularExpressions.Regex.Replace(url, "(?<=[Ee]xpires=)[0-9]+", number => $"{long.Parse(number.Value, null) + 1}");
}
