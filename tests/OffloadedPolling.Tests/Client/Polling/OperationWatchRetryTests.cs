using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>What the poller does when a poll fails.</summary>
public sealed class OperationWatchRetryTests : PollerTestBase
{
    public static TheoryData<string> Failures =>
        ["408", "429", "500", "503", "refused", "broken", "hangs", "html", "null", "unknown state", "empty", "304", "abandoned"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Poll_Fails_RetriesAndReportsFault(string failure)
    {
        Fail(failure).Shows(Succeeded);

        (await WatchAsync()).Should().ContainSingle();

        Time.Waits[1].Should().Be(TimeSpan.FromSeconds(0.5));
        Polls[0].Fault!.Should().NotBeEmpty();
        (Polls[0].IsNew, Polls[1].IsNew).Should().Be((false, true));
        (Polls[0].StatusCode is null).Should().Be(failure is "refused" or "broken" or "hangs" or "abandoned");
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.999)]
    public async Task Poll_FailsRepeatedly_BacksOffToThirtySeconds(double random)
    {
        Options.Random = () => random;
        for (var times = 0; times < 8; times++)
        {
            Server.Says(HttpStatusCode.ServiceUnavailable);
        }

        Server.Shows(Succeeded);
        await WatchAsync();

        Time.Waits.Skip(1).Select(wait => Math.Round(wait.TotalSeconds / random, 3)).Should().Equal(1, 2, 4, 8, 16, 30, 30, 30);
    }

    [Fact]
    public async Task Poll_FailsAfterSuccess_ResetsBackOff()
    {
        Server
            .Says(HttpStatusCode.InternalServerError)
            .Says(HttpStatusCode.InternalServerError)
            .Shows(() => Document(), "1")
            .Says(HttpStatusCode.InternalServerError)
            .Says(HttpStatusCode.NotModified)
            .Says(HttpStatusCode.InternalServerError)
            .Shows(Succeeded);

        await WatchAsync();

        Time.Waits.Skip(1).Take(2).Select(wait => wait.TotalSeconds).Should().Equal(0.5, 1);
        new[] { Time.Waits[4], Time.Waits[6] }.Select(wait => wait.TotalSeconds).Should().Equal(0.5, 0.5);
    }

    [Theory]
    [InlineData(429, 40)]
    [InlineData(503, 40)]
    [InlineData(500, 0.5)]
    public async Task Poll_RetryAfterHeader_IsUsedFor429And503(int code, double seconds)
    {
        Server
            .Says((HttpStatusCode)code, new RetryConditionHeaderValue(TimeSpan.FromSeconds(40)))
            .Shows(Succeeded);

        await WatchAsync();

        Time.Waits[1].Should().Be(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData(-100_000)]
    [InlineData(100_000)]
    public async Task Poll_RetryAfterIsDate_UsesServerClock(double clockError)
    {
        Time.ClockError = TimeSpan.FromSeconds(clockError);
        Server
            .Says(
                HttpStatusCode.ServiceUnavailable,
                change: response => response.Headers.RetryAfter = new RetryConditionHeaderValue(Time.ServerNow.AddSeconds(40)))
            .Shows(Succeeded);

        await WatchAsync();

        Time.Waits[1].Should().Be(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Poll_RetryAfterIsTooLong_WaitsOneDay()
    {
        Server
            .Says(HttpStatusCode.ServiceUnavailable, new RetryConditionHeaderValue(TimeSpan.FromDays(10_000)))
            .Shows(Succeeded);

        await WatchAsync();

        Time.Waits[1].Should().Be(TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task Poll_RequestHangs_StopsAtRequestTimeout()
    {
        Options.RequestTimeout = TimeSpan.FromSeconds(7);
        Server.Hangs().Shows(Succeeded);

        await WatchAsync();

        (Server.Requests[1].At - Server.Requests[0].At).Should().Be(TimeSpan.FromSeconds(7 + 0.5));
        Polls[0].Fault.Should().Contain(TimeSpan.FromSeconds(7).ToString("c", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    public async Task Poll_StatusUrlRedirects_Throws(int code)
    {
        Server.Redirects((HttpStatusCode)code, NewStatusUrl);

        var refused = (await FluentActions.Awaiting(() => WatchAsync()).Should().ThrowExactlyAsync<InvalidOperationException>()).Which;

        refused.Message.Should().Contain("redirect");
    }

    private ScriptedServer Fail(string failure) => failure switch
    {
        "refused" => Server.Throws(new HttpRequestException(
            HttpRequestError.ConnectionError, "x", new SocketException((int)SocketError.ConnectionRefused))),
        "broken" => Server.Throws(new IOException("x")),
        "abandoned" => Server.Throws(new TaskCanceledException("x", new TimeoutException())),
        "hangs" => Server.Hangs(),
        "html" => Server.Says(HttpStatusCode.OK, "<html/>", "text/html"),
        "null" => Server.Says(HttpStatusCode.OK, "null", "application/json"),
        "unknown state" => Server.Says(HttpStatusCode.OK, """{"id":"1","status":"Exploded"}""", "application/json"),
        "empty" => Server.Says(HttpStatusCode.NoContent),
        _ => Server.Says((HttpStatusCode)int.Parse(failure, CultureInfo.InvariantCulture)),
    };
}
