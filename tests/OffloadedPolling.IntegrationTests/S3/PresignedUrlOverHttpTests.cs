using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Tests status URLs on a real S3 server.</summary>
public sealed class PresignedUrlOverHttpTests : IAsyncLifetime
{
    private const string Id = "00000000000000000000000000000abc";

    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http = new();

    private TestHost _host = null!;

    private StoredOperation _stored = null!;

    private string StatusKey => _host.Store.GetStatusKey(Id);

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.CreateAsync();
        _stored = await _host.Store.CreateAsync(TestDocuments.Waiting(Id), OperationMetadata.Empty, default);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Get_StatusUrl_ReturnsDocumentWithETag()
    {
        var url = await _host.Issuer.IssueAsync(StatusKey, _lifetime, default);

        using var response = await _http.GetAsync(url.Value);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Headers.ETag!.Tag.Should().Be($"\"{_stored.Version}\"");
        url.Value.Should().StartWith(TestServers.S3.ToString());
        var read = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(), OperationJson.Status);
        read.Should().Be(_stored.Status);
    }

    [Fact]
    public async Task Head_StatusUrl_Returns403()
    {
        var url = await _host.Issuer.IssueAsync(StatusKey, _lifetime, default);
        using var request = new HttpRequestMessage(HttpMethod.Head, url.Value);

        using var response = await _http.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Get_ExpiredUrl_Returns403()
    {
        var aMinuteAgo = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(-1));
        await using var host = await TestHost.CreateAsync(bucket: _host.Bucket, time: aMinuteAgo);
        var expired = await host.Issuer.IssueAsync(StatusKey, TimeSpan.FromSeconds(30), default);
        var alive = await host.Issuer.IssueAsync(StatusKey, TimeSpan.FromMinutes(3), default);

        using var refused = await _http.GetAsync(expired.Value);
        using var served = await _http.GetAsync(alive.Value);

        refused.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        served.StatusCode.Should().Be(HttpStatusCode.OK);
        expired.ExpiresAt.Should().BeBefore(DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task Get_WithAuthorizationHeader_IsRejected()
    {
        var url = await _host.Issuer.IssueAsync(StatusKey, _lifetime, default);
        using var request = new HttpRequestMessage(HttpMethod.Get, url.Value);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "the-hosts-token");

        using var response = await _http.SendAsync(request);

        response.IsSuccessStatusCode.Should().BeFalse();
    }
}
