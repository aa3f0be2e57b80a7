using System.Net;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>The obligations of <see cref="IPresignedUrlIssuer"/>, and the responses at its URLs.</summary>
public abstract class IssuerConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private const string OtherId = "fedcba9876543210fedcba9876543210";

    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Url_ReturnsDocument()
    {
        await CreateAsync();
        var url = await IssueAsync();

        using var response = await Host.GetAsync(url.Value);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/json");
        response.Headers.CacheControl!.ToString().Should().Be("no-store");
        response.Headers.Date.Should().NotBeNull();
        (response.Headers.ETag is { IsWeak: false }).Should().BeTrue();
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(StatusDocument.Write(TestDocuments.Waiting(), 16 * 1024));
    }

    [Fact]
    public async Task Url_MatchingETag_Returns304UntilDocumentChanges()
    {
        var created = await CreateAsync();
        var url = await IssueAsync();
        using var first = await Host.GetAsync(url.Value);
        var etag = first.Headers.ETag!.ToString();

        using var unchanged = await Host.GetAsync(url.Value, etag);
        await Host.Store.UpdateAsync(created.Status with { Message = "newer" }, created.Metadata, created.Version, default);
        using var changed = await Host.GetAsync(url.Value, etag);

        unchanged.StatusCode.Should().Be(HttpStatusCode.NotModified);
        (await unchanged.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
        changed.StatusCode.Should().Be(HttpStatusCode.OK);
        changed.Headers.ETag!.ToString().Should().NotBe(etag);
    }

    [Fact]
    public async Task Url_Altered_Returns403()
    {
        await CreateAsync();
        await Host.Store.CreateAsync(TestDocuments.Waiting(OtherId), OperationMetadata.Empty, default);
        var url = (await IssueAsync()).Value;
        var path = url[..url.IndexOf('?', StringComparison.Ordinal)];

        foreach (var altered in (IEnumerable<string>)[
            path, path + "?", url + "0", url[..^1], url[..^1] + (url[^1] == '0' ? '1' : '0'), url + "&x=1",
            url.Replace(Id, OtherId, StringComparison.Ordinal), LongerLived(url)])
        {
            altered.Should().NotBe(url);
            (await Host.StatusOfAsync(altered)).Should().Be(HttpStatusCode.Forbidden);
        }

        (await Host.StatusOfAsync(url)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Url_InvalidSignature_Returns403WithOrWithoutDocument()
    {
        await CreateAsync();
        var url = (await IssueAsync()).Value;

        using var wrong = await Host.GetAsync(url + "0");
        using var nowhere = await Host.GetAsync(url.Replace(Id, OtherId, StringComparison.Ordinal) + "0");

        (wrong.StatusCode, nowhere.StatusCode).Should().Be((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task Url_DocumentIsMissing_Returns404() =>
        (await Host.StatusOfAsync((await IssueAsync()).Value)).Should().Be(HttpStatusCode.NotFound);

    [Theory]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task Url_OtherMethod_IsRejected(string method)
    {
        var created = await CreateAsync();

        using var response = await Host.GetAsync((await IssueAsync()).Value, method: new HttpMethod(method));

        ((int)response.StatusCode).Should().BeInRange(400, 499);
        (await Host.Store.GetAsync(Id, default)).Should().Be(created);
    }

    [Fact]
    public async Task Url_Expired_Returns403()
    {
        await CreateAsync();
        var url = await IssueAsync(TimeSpan.FromSeconds(2));
        (url.ExpiresAt - DateTimeOffset.UtcNow).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(-500))
            .And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(2.5));

        await Eventually.TrueAsync(
            async () => await Host.StatusOfAsync(url.Value) == HttpStatusCode.Forbidden, Timeout, () => "the URL still works");

        DateTimeOffset.UtcNow.Should().BeOnOrAfter(url.ExpiresAt.AddMilliseconds(-100), "the URL must not expire early");
        (await Host.StatusOfAsync((await IssueAsync()).Value)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task IssueAsync_LifetimeExceedsMaximum_IsLimited()
    {
        var url = await IssueAsync(TimeSpan.FromDays(1));

        (url.ExpiresAt - DateTimeOffset.UtcNow).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMinutes(50))
            .And.BeLessThanOrEqualTo(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task IssueAsync_LifetimeOutOfRange_Throws()
    {
        foreach (var lifetime in (IEnumerable<TimeSpan>)[
            TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromDays(7).Add(TimeSpan.FromSeconds(1))])
        {
            await FluentActions.Awaiting(() => IssueAsync(lifetime)).Should().ThrowExactlyAsync<ArgumentOutOfRangeException>();
        }
    }

    [Fact]
    public async Task IssueAsync_InvalidStatusKey_Throws() =>
        await FluentActions.Awaiting(() => Host.Issuer.IssueAsync("secrets.txt", _lifetime, default).AsTask())
            .Should().ThrowExactlyAsync<ArgumentException>();

    [Fact]
    public async Task StatusUrl_ToString_OmitsSignature()
    {
        var url = await IssueAsync();

        url.ToString().Should().NotContain("ignature=");
        url.ToString().Should().Contain(Id);
    }

    private Task<StoredOperation> CreateAsync() => Host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

    private Task<StatusUrl> IssueAsync(TimeSpan? lifetime = null) =>
        Host.Issuer.IssueAsync(Host.Store.GetStatusKey(Id), lifetime ?? _lifetime, default).AsTask();

    // Adds one to the expiration, whatever its query parameter is called.
    private static string LongerLived(string url) =>
        System.Text.RegularExpressions.Regex.Replace(url, "(?<=[Ee]xpires=)[0-9]+", number => $"{long.Parse(number.Value, null) + 1}");
}
