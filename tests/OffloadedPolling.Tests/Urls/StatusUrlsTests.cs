using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Urls;

namespace OffloadedPolling.Tests.Urls;

public sealed class StatusUrlsTests
{
    private readonly FakeTimeProvider _time = new(TestDocuments.Waiting().LastUpdatedAt);

    private readonly IOperationStatusStore _store = Substitute.For<IOperationStatusStore>();

    private readonly IPresignedUrlIssuer _issuer = Substitute.For<IPresignedUrlIssuer>();

    [Theory]
    [InlineData(null, 300)]
    [InlineData(8.9, 300)]
    [InlineData(200.0, 600)]
    [InlineData(5000.0, 3600)]
    [InlineData(1e11, 3600)]
    public void Lifetime_FollowsEstimateUnlessConfigured(double? upper, double expected)
    {
        var estimate = upper is { } seconds
            ? new OperationEstimate { Median = TimeSpan.FromSeconds(1), Upper = TimeSpan.FromSeconds(seconds) }
            : null;

        StatusUrls.Lifetime(estimate, new OffloadedPollingOptions()).TotalSeconds.Should().Be(expected);
        StatusUrls.Lifetime(estimate, new OffloadedPollingOptions { UrlLifetime = TimeSpan.FromSeconds(42) }).TotalSeconds.Should().Be(42);
    }

    [Fact]
    public void Lifetime_MaxUrlLifetimeIsShort_ReturnsIt() =>
        StatusUrls.Lifetime(null, new OffloadedPollingOptions { MaxUrlLifetime = TimeSpan.FromSeconds(60) }).TotalSeconds.Should().Be(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IssueAsync_RepeatedAccept_ReturnsRemainingEstimate(bool isRepeated)
    {
        var estimate = new OperationEstimate { Median = TimeSpan.FromSeconds(60), Upper = TimeSpan.FromSeconds(900) };
        var status = TestDocuments.Waiting() with { Estimate = estimate };
        var url = new StatusUrl("https://example.com/status?signature=x", _time.GetUtcNow().AddMinutes(45));
        _store.GetStatusKey(status.Id).Returns("operations/x.json");
        _issuer.IssueAsync("operations/x.json", TimeSpan.FromMinutes(45), Arg.Any<CancellationToken>()).Returns(url);
        var urls = new StatusUrls(_store, _issuer, Options.Create(new OffloadedPollingOptions()), _time);
        _time.Advance(TimeSpan.FromSeconds(20));

        var accepted = await urls.IssueAsync(status, isRepeated, default);

        accepted.Should().BeEquivalentTo(new
        {
            status.Id,
            Status = OperationState.NotStarted,
            StatusUrl = url.Value,
            StatusUrlExpiresAt = url.ExpiresAt,
            Repeated = isRepeated,
        });
        accepted.Estimate.Should().Be(isRepeated ? estimate.After(TimeSpan.FromSeconds(20)) : estimate);
    }
}
