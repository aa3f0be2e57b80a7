using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Polling;

/// <summary>What a server that is not right may answer, over HTTP and with the decompression of the caller's own client.</summary>
public sealed class UnusualAnswersTests : IAsyncLifetime
{
    private static readonly byte[] _garbage = [.. Enumerable.Range(0, 200).Select(number => (byte)(number * 37))];

    private readonly List<string?> _tagsAsked = [];

    private readonly Queue<Func<HttpContext, Task>> _answers = [];

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.All,
    });

    private readonly List<OperationPoll> _polls = [];

    private WebApplication _server = null!;

    private OperationPoller _poller = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1);
        _server = builder.Build();
        _server.Run(context =>
        {
            _tagsAsked.Add(context.Request.Headers.IfNoneMatch);
            return (_answers.TryDequeue(out var answer) ? answer : SucceedAsync)(context);
        });
        await _server.StartAsync();
        _poller = new OperationPoller(_http, new OperationPollerOptions { TimeProvider = new PollerTime(), Polled = _polls.Add });
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
    public async Task Poll_ABodyThatCannotBeDecompressed_IsRetried(string encoding)
    {
        _answers.Enqueue(context =>
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
    public async Task Poll_ABodyThatBreaksOff_IsRetried()
    {
        _answers.Enqueue(async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        var last = await _poller.WaitForCompletionAsync(Accepted());

        last.State.Should().Be(OperationState.Succeeded);
        _polls.Should().HaveCount(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Poll_ABodyOver2MiB_IsRetried(bool isAnnounced)
    {
        var body = new byte[(2 * 1024 * 1024) + 1];
        _answers.Enqueue(context =>
        {
            context.Response.ContentLength = isAnnounced ? body.Length : null;
            return context.Response.Body.WriteAsync(body).AsTask();
        });

        var last = await _poller.WaitForCompletionAsync(Accepted());

        last.State.Should().Be(OperationState.Succeeded);
        _polls[0].Fault.Should().Be("the answer is too large");
    }

    [Fact]
    public async Task Poll_ABodyWithoutEnd_IsReadTo2MiBOnly()
    {
        await using var endless = new EndlessStream();
        using var content = new StreamContent(endless);

        var reading = () => PollerHttp.ReadAsync(content, CancellationToken.None);

        await reading.Should().ThrowAsync<HttpRequestException>();
        endless.Position.Should().BeInRange(2 * 1024 * 1024, 3 * 1024 * 1024);
    }

    [Fact]
    public async Task Poll_AfterAnETagThatIsNotAscii_GoesWithoutIfNoneMatch()
    {
        _answers.Enqueue(context => ShowAsync(context, OperationState.Running, "\"é\""));
        _answers.Enqueue(context => ShowAsync(context, OperationState.Running, "\"plain\""));

        var last = await _poller.WaitForCompletionAsync(Accepted());

        last.State.Should().Be(OperationState.Succeeded);
        _tagsAsked.Should().Equal(null, null, "\"plain\"");
        _polls.Should().OnlyContain(poll => poll.Fault == null);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task ReadAcceptedAsync_ABodyThatCannotBeDecompressed_ThrowsAnHttpRequestException(string encoding)
    {
        _answers.Enqueue(context =>
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.Headers.ContentEncoding = encoding;
            return context.Response.Body.WriteAsync(_garbage).AsTask();
        });
        using var response = await _http.GetAsync(new Uri(Accepted().StatusUrl), HttpCompletionOption.ResponseHeadersRead);

        var reading = () => OperationPoller.ReadAcceptedAsync(response);

        (await reading.Should().ThrowAsync<HttpRequestException>()).WithMessage("*could not be decompressed*");
    }

    private static Task SucceedAsync(HttpContext context) => ShowAsync(context, OperationState.Succeeded, null);

    private static Task ShowAsync(HttpContext context, OperationState state, string? etag)
    {
        context.Response.Headers.ETag = etag;
        return context.Response.WriteAsync(JsonSerializer.Serialize(TestDocuments.Waiting() with { State = state }, OperationJson.Status));
    }

    private AcceptedOperation Accepted() => new()
    {
        Id = TestDocuments.Id,
        Status = OperationState.Running,
        StatusUrl = $"{_server.Urls.First()}/one?signature=x",
        StatusUrlExpiresAt = DateTimeOffset.MaxValue,
        RetryAfter = TimeSpan.Zero,
    };

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

        // MemoryStream's own would copy what it holds.
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
