namespace OffloadedPolling.Tests.Client.Polling;

public sealed class OperationPollerOptionsTests : PollerTestBase
{
    public static TheoryData<string, Action<OperationPollerOptions>> InvalidOptions => new()
    {
        { "HostAddress", options => options.HostAddress = new Uri("/relative", UriKind.Relative) },
        { "HostAddress", options => options.HostAddress = new Uri("ftp://orders.example.com") },
        { "TargetDelay", options => options.TargetDelay = TimeSpan.Zero },
        { "AtLeastEvery", options => options.AtLeastEvery = TimeSpan.FromSeconds(-1) },
        { "Timeout", options => options.Timeout = TimeSpan.Zero },
        { "Timeout", options => options.Timeout = TimeSpan.FromDays(50) },
        { "RequestTimeout", options => options.RequestTimeout = TimeSpan.Zero },
        { "RequestTimeout", options => options.RequestTimeout = Timeout.InfiniteTimeSpan },
        { "TimeProvider", options => options.TimeProvider = null! },
    };

    [Theory]
    [MemberData(nameof(InvalidOptions), DisableDiscoveryEnumeration = true)]
    public void Constructor_InvalidOption_ThrowsWithOptionName(string name, Action<OperationPollerOptions> set)
    {
        var options = new OperationPollerOptions();
        set(options);
        using var http = new HttpClient();

        FluentActions.Invoking(() => new OperationPoller(options))
            .Should().ThrowExactly<ArgumentException>().Which.Message.Should().Contain($"OperationPollerOptions.{name} is ");
        FluentActions.Invoking(() => new OperationPoller(http, options)).Should().ThrowExactly<ArgumentException>();
    }

    [Fact]
    public void Constructor_NullArgument_Throws()
    {
        FluentActions.Invoking(() => new OperationPoller((OperationPollerOptions)null!)).Should().ThrowExactly<ArgumentNullException>();
        FluentActions.Invoking(() => new OperationPoller((HttpClient)null!)).Should().ThrowExactly<ArgumentNullException>();
    }

    [Fact]
    public async Task Options_ChangedAfterConstruction_AreIgnored()
    {
        var poller = Poller;
        Options.AtLeastEvery = TimeSpan.FromMilliseconds(1);
        Server.Shows(Succeeded);

        await poller.WaitForCompletionAsync(Accepted() with { Estimate = Estimate });

        Time.Waits.Should().Equal(Scheduled(Estimate, TimeSpan.Zero));
    }
}
