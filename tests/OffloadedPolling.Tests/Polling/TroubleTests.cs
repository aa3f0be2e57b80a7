using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace OffloadedPolling.Tests.Polling;

/// <summary>What the poller does about looks that tell nothing.</summary>
public sealed class TroubleTests : IDisposable
{
    private readonly PollerBench _bench = new();

    public void Dispose() => _bench.Dispose();

    public static TheoryData<string> Troubles => ["408", "429", "500", "503", "refused", "broken", "hangs", "html", "null", "alien", "empty", "304", "abandoned"];

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Trouble_OfEachKind_IsLookedAtAgainAndReported(string trouble)
    {
        Happen(trouble).Shows(_bench.Succeeded);

        Assert.Single(await _bench.WatchAsync());

        Assert.Equal(TimeSpan.FromSeconds(0.5), _bench.Time.Waits[1]);
        Assert.NotEmpty(_bench.Looks[0].Fault!);
        Assert.Equal((false, true), (_bench.Looks[0].IsNew, _bench.Looks[1].IsNew));
        Assert.Equal(trouble is "refused" or "broken" or "hangs" or "abandoned", _bench.Looks[0].StatusCode is null);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.999)]
    public async Task Trouble_ThatLasts_BacksOffToHalfAMinute(double random)
    {
        _bench.Options.Random = () => random;
        for (var times = 0; times < 8; times++)
        {
            _bench.Server.Says(HttpStatusCode.ServiceUnavailable);
        }

        _bench.Server.Shows(_bench.Succeeded);
        await _bench.WatchAsync();

        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], _bench.Time.Waits.Skip(1).Select(wait => Math.Round(wait.TotalSeconds / random, 3)));
    }

    [Fact]
    public async Task Trouble_AfterASuccess_BeginsAnew()
    {
        _bench.Server
            .Says(HttpStatusCode.InternalServerError)
            .Says(HttpStatusCode.InternalServerError)
            .Shows(() => _bench.Document(), "1")
            .Says(HttpStatusCode.InternalServerError)
            .Says(HttpStatusCode.NotModified)
            .Says(HttpStatusCode.InternalServerError)
            .Shows(_bench.Succeeded);

        await _bench.WatchAsync();

        Assert.Equal([0.5, 1], _bench.Time.Waits.Skip(1).Take(2).Select(wait => wait.TotalSeconds));
        Assert.Equal([0.5, 0.5], new[] { _bench.Time.Waits[4], _bench.Time.Waits[6] }.Select(wait => wait.TotalSeconds));
    }

    [Theory]
    [InlineData(429, 40)]
    [InlineData(503, 40)]
    [InlineData(500, 0.5)]
    public async Task Trouble_WithRetryAfter_WaitsAsLongWhereItCounts(int code, double seconds)
    {
        _bench.Server
            .Says((HttpStatusCode)code, change: response => response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(40)))
            .Shows(_bench.Succeeded);

        await _bench.WatchAsync();

        Assert.Equal(TimeSpan.FromSeconds(seconds), _bench.Time.Waits[1]);
    }

    [Theory]
    [InlineData(-100_000)]
    [InlineData(100_000)]
    public async Task Trouble_WithRetryAfterAsAnInstant_GoesByTheServersClock(double clockError)
    {
        using var bench = new PollerBench(TimeSpan.FromSeconds(clockError));
        bench.Server
            .Says(HttpStatusCode.ServiceUnavailable, change: response => response.Headers.RetryAfter = new RetryConditionHeaderValue(bench.Time.ServerNow.AddSeconds(40)))
            .Shows(bench.Succeeded);

        await bench.WatchAsync();

        Assert.Equal(TimeSpan.FromSeconds(40), bench.Time.Waits[1]);
    }

    [Fact]
    public async Task Trouble_WithASillyRetryAfter_WaitsADay()
    {
        _bench.Server
            .Says(HttpStatusCode.ServiceUnavailable, change: response => response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromDays(10_000)))
            .Shows(_bench.Succeeded);

        await _bench.WatchAsync();

        Assert.Equal(TimeSpan.FromDays(1), _bench.Time.Waits[1]);
    }

    [Fact]
    public async Task Hanging_EndsWithTheRequestsTime()
    {
        _bench.Options.RequestTimeout = TimeSpan.FromSeconds(7);
        _bench.Server.Hangs().Shows(_bench.Succeeded);

        await _bench.WatchAsync();

        Assert.Equal(TimeSpan.FromSeconds(7 + 0.5), _bench.Server.Requests[1].At - _bench.Server.Requests[0].At);
        Assert.Contains(TimeSpan.FromSeconds(7).ToString("c", CultureInfo.InvariantCulture), _bench.Looks[0].Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    public async Task Redirect_OfAStatusUrl_IsAClearError(int code)
    {
        _bench.Server.Says((HttpStatusCode)code, change: response => response.Headers.Location = new Uri(PollerBench.FreshUrl));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _bench.WatchAsync());

        Assert.Contains("redirect", refused.Message, StringComparison.Ordinal);
    }

    private ScriptedServer Happen(string trouble) => trouble switch
    {
        "refused" => _bench.Server.Throws(new HttpRequestException(HttpRequestError.ConnectionError, "x", new SocketException((int)SocketError.ConnectionRefused))),
        "broken" => _bench.Server.Throws(new IOException("x")),
        "abandoned" => _bench.Server.Throws(new TaskCanceledException("x", new TimeoutException())),
        "hangs" => _bench.Server.Hangs(),
        "html" => _bench.Server.Says(HttpStatusCode.OK, "<html/>", "text/html"),
        "null" => _bench.Server.Says(HttpStatusCode.OK, "null", "application/json"),
        "alien" => _bench.Server.Says(HttpStatusCode.OK, """{"id":"1","status":"Exploded"}""", "application/json"),
        "empty" => _bench.Server.Says(HttpStatusCode.NoContent),
        _ => _bench.Server.Says((HttpStatusCode)int.Parse(trouble, CultureInfo.InvariantCulture)),
    };
}
