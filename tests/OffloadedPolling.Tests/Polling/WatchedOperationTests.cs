namespace OffloadedPolling.Tests.Polling;

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
    public void StatusUrl_NotAnHttpUrl_IsRefusedWithoutPrintingIt(string url)
    {
        var refused = Assert.Throws<ArgumentException>(() => Poller.WatchAsync(Accepted(statusUrl: url + (url.Length > 8 ? Secret : ""))));

        Assert.DoesNotContain(Secret, refused.ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Poller.GetResumeToken(Accepted(statusUrl: url)));
    }

    [Fact]
    public void OperationUrl_OfAnotherOriginWithCredentials_IsRefused()
    {
        Options.HostAddress = new Uri("https://orders.example.com");
        Options.AuthorizeRenewal = (_, _) => ValueTask.CompletedTask;

        foreach (var elsewhere in new[] { "https://evil.example.com/o/1", "//evil.example.com/o/1", "http://orders.example.com/o/1" })
        {
            Assert.Throws<ArgumentException>(() => Poller.WatchAsync(Accepted(elsewhere)));
        }

        Assert.NotNull(Poller.WatchAsync(Accepted()));
    }

    [Fact]
    public void ResumeToken_OfAnotherOriginWithCredentials_IsRefused()
    {
        var token = Poller.GetResumeToken(Accepted("https://evil.example.com/operations/1"));
        Options.HostAddress = new Uri("https://orders.example.com");
        Options.AuthorizeRenewal = (_, _) => ValueTask.CompletedTask;
        using var other = NewPoller();

        Assert.Throws<ArgumentException>(() => other.WatchAsync(token));
    }

    [Theory]
    [InlineData(OperationUrl)]
    [InlineData(null)]
    public void ResumeToken_WithCredentialsAndNoHostAddress_IsRefused(string? operationUrl)
    {
        var token = Poller.GetResumeToken(Accepted(operationUrl));
        Options.AuthorizeRenewal = (_, _) => ValueTask.CompletedTask;
        using var other = NewPoller();

        var refused = Assert.Throws<InvalidOperationException>(() => other.WatchAsync(token));

        Assert.Contains(nameof(OperationPollerOptions.HostAddress), refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => { _ = other.WaitForCompletionAsync(token); });
        Assert.Empty(Server.Requests);
    }
}
