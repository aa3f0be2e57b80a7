using System.Net;
using Microsoft.AspNetCore.Http;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>Faulty responses over real HTTP, with decompression by the caller's client.</summary>
public sealed class PollerHttpTests : IAsyncLifetime
{
    private static readonly byte[] _garbage = [.. Enumerable.Range(0, 200).Select(number => (byte)(number * 37))];

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.All,
    });

    private readonly List<OperationPoll> _polls = [];

    private LoopbackServer _server = null!;

    private OperationPoller _poller = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await LoopbackServer.StartAsync();
        _poller = new OperationPoller(
            _http, new OperationPollerOptions { TimeProvider = new AutoAdvancingTimeProvider(), Polled = _polls.Add });
    }

    public async ValueTask DisposeAsync()
    {
        _poller.Dispose();
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Poll_BodyCannotBeDecompressed_Retries(string encoding)
    {
        _server.Then(context =>
        {
            context.Response.Headers.ContentEncoding = encoding;
            return context.Response.Body.WriteAsync(_garbage).AsTask();
        });

        var last = await _poller.WaitForCompletionAsync(Accepted());

        last.State.Should().Be(OperationState.Succeeded);
        _polls.Should().HaveCount(2);
        _polls[0].Fault.Should().Contain("could not be decompressed");
    }

    [Fact]
    public async Task Poll_BodyIsTruncated_Retries()
    {
        _server.Then(TruncateAsync);

        var last = await _poller.WaitForCompletionAsync(Accepted());

        last.State.Should().Be(OperationState.Succeeded);
        _polls.Should().HaveCount(2);
        _polls[0].Fault.Should().Be("the body is incomplete, or could not be decompressed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Poll_BodyExceeds2MiB_Retries(bool isAnnounced)
    {
        var body = new byte[(2 * 1024 * 1024) + 1];
        _server.Then(context =>
        {
            context.Response.ContentLength = isAnnounced ? body.Length : null;
            return context.Response.Body.WriteAsync(body).AsTask();
        });

        var last = await _poller.WaitForCompletionAsync(Accepted());

        last.State.Should().Be(OperationState.Succeeded);
        _polls[0].Fault.Should().Be("the response is too large");
    }

    [Fact]
    public async Task ReadAsync_EndlessBody_StopsAfter2MiB()
    {
        await using var endless = new EndlessStream();
        using var content = new StreamContent(endless);

        var reading = () => PollerHttp.ReadAsync(content, CancellationToken.None);

        await reading.Should().ThrowAsync<HttpRequestException>();
        endless.Position.Should().BeInRange(2 * 1024 * 1024, 3 * 1024 * 1024);
    }

    [Fact]
    public async Task Poll_ETagIsNotAscii_OmitsIfNoneMatch()
    {
        _server.ThenShow(OperationState.Running, "\"é\"");
        _server.ThenShow(OperationState.Running, "\"plain\"");

        var last = await _poller.WaitForCompletionAsync(Accepted());

        last.State.Should().Be(OperationState.Succeeded);
        _server.Requests.Select(request => request.Headers.GetValueOrDefault("If-None-Match")).Should().Equal(null, null, "\"plain\"");
        _polls.Should().OnlyContain(poll => poll.Fault == null);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task ReadAcceptedAsync_BodyCannotBeDecompressed_Throws(string encoding)
    {
        _server.Then(context =>
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.Headers.ContentEncoding = encoding;
            return context.Response.Body.WriteAsync(_garbage).AsTask();
        });
        using var response = await _http.GetAsync(new Uri(Accepted().StatusUrl), HttpCompletionOption.ResponseHeadersRead);

        var reading = () => OperationPoller.ReadAcceptedAsync(response);

        (await reading.Should().ThrowAsync<HttpRequestException>()).WithMessage("*could not be decompressed*");
    }

    [Fact]
    public async Task ReadAcceptedAsync_BodyIsTruncated_Throws()
    {
        _server.Then(TruncateAsync);
        using var response = await _http.GetAsync(new Uri(Accepted().StatusUrl), HttpCompletionOption.ResponseHeadersRead);

        var reading = () => OperationPoller.ReadAcceptedAsync(response);

        (await reading.Should().ThrowAsync<HttpRequestException>()).WithMessage("The response's body is incomplete.");
    }

    [Fact]
    public async Task ReadAcceptedAsync_BodyWasReadAsStream_Throws()
    {
        _server.ThenShow(OperationState.Running);
        using var response = await _http.GetAsync(new Uri(Accepted().StatusUrl), HttpCompletionOption.ResponseHeadersRead);
        await (await response.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null);

        var reading = () => OperationPoller.ReadAcceptedAsync(response);

        (await reading.Should().ThrowAsync<HttpRequestException>()).WithMessage("*or was already read. Pass a response whose body*");
    }

    // Kestrel closes the connection. Abort would reset it, and the headers could be lost too.
    private static Task TruncateAsync(HttpContext context)
    {
        context.Response.ContentLength = 1000;
        return context.Response.WriteAsync("{");
    }

    private AcceptedOperation Accepted() => _server.Accepted("/one?signature=x");

    private sealed class EndlessStream : MemoryStream
    {
        private long _position;

        public override bool CanSeek => false;

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _position += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }

        // MemoryStream.CopyToAsync would copy its own buffer.
        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            var buffer = new byte[bufferSize];
            for (; ; )
            {
                await destination.WriteAsync(buffer.AsMemory(0, await ReadAsync(buffer, cancellationToken)), cancellationToken);
            }
        }
    }
}
