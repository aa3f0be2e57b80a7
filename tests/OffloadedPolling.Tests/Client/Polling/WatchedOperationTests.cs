namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>Which operations the poller refuses to watch.</summary>
public sealed class WatchedOperationTests : PollerTestBase
{
    [Theory]
    [InlineData("/operations/1/status")]
    [InlineData("operations/1")]
    [InlineData("ftp://s3/x")]
    [InlineData("file:///x")]
    [InlineData("https://s3/x y")]
    [InlineData("https://s3/x\r\nX-Evil: 1")]
    [InlineData("https://s3/é")]
    [InlineData("https://s3/x#y")]
    [InlineData("https://")]
    [InlineData("")]
    public void WatchAsync_InvalidStatusUrl_ThrowsWithoutQuotingIt(string url)
    {
        var refused = FluentActions.Invoking(() => Poller.WatchAsync(Accepted(statusUrl: url + (url.Length > 8 ? Secret : ""))))
            .Should().ThrowExactly<ArgumentException>().Which;

        refused.ToString().Should().NotContain(Secret);
        FluentActions.Invoking(() => Poller.GetResumeToken(Accepted(statusUrl: url))).Should().ThrowExactly<ArgumentException>();
    }

    [Fact]
    public void WatchAsync_OperationUrlOfOtherOriginWithCredentials_Throws()
    {
        Options.HostAddress = new Uri("https://orders.example.com");
        Options.AuthorizeRenewal = (_, _) => ValueTask.CompletedTask;

        foreach (var elsewhere in new[] { "https://evil.example.com/o/1", "//evil.example.com/o/1", "http://orders.example.com/o/1" })
        {
            FluentActions.Invoking(() => Poller.WatchAsync(Accepted(elsewhere))).Should().ThrowExactly<ArgumentException>();
        }

        Poller.WatchAsync(Accepted()).Should().NotBeNull();
    }

    [Fact]
    public void WatchAsync_ResumeTokenOfOtherOriginWithCredentials_Throws()
    {
        var token = Poller.GetResumeToken(Accepted("https://evil.example.com/operations/1"));
        Options.HostAddress = new Uri("https://orders.example.com");
        Options.AuthorizeRenewal = (_, _) => ValueTask.CompletedTask;
        using var other = NewPoller();

        FluentActions.Invoking(() => other.WatchAsync(token)).Should().ThrowExactly<ArgumentException>();
    }

    [Theory]
    [InlineData(OperationUrl)]
    [InlineData(null)]
    public void WatchAsync_CredentialsWithoutHostAddress_Throws(string? operationUrl)
    {
        var token = Poller.GetResumeToken(Accepted(operationUrl));
        Options.AuthorizeRenewal = (_, _) => ValueTask.CompletedTask;
        using var other = NewPoller();

        var refused = FluentActions.Invoking(() => other.WatchAsync(token)).Should().ThrowExactly<InvalidOperationException>().Which;

        refused.Message.Should().Contain(nameof(OperationPollerOptions.HostAddress));
        FluentActions.Invoking(() => { _ = other.WaitForCompletionAsync(token); }).Should().ThrowExactly<InvalidOperationException>();
        Server.Requests.Should().BeEmpty();
    }
}
