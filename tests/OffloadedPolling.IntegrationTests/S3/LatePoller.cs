using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Polls each URL once, shortly before its reported expiration.</summary>
internal sealed class LatePoller : IDisposable
{
    private const int AtOnce = 16;

    private static readonly TimeSpan _before = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(5);

    private readonly Channel<StatusUrl> _urls = Channel.CreateUnbounded<StatusUrl>();

    private readonly PriorityQueue<StatusUrl, DateTimeOffset> _due = new();

    private readonly SemaphoreSlim _places = new(AtOnce);

    private readonly HttpClient _http = new();

    private int _served;

    /// <summary>Gets the number of URLs that returned their document.</summary>
    public int Served => _served;

    /// <summary>Gets the failures of URLs that were rejected before their reported expiration.</summary>
    public ConcurrentQueue<string> ExpiredEarly { get; } = new();

    public void Add(StatusUrl url) => _urls.Writer.TryWrite(url);

    public void Complete() => _urls.Writer.Complete();

    /// <summary>Polls until <see cref="Complete"/> is called and all added URLs have been polled.</summary>
    public async Task RunAsync()
    {
        var polls = new List<Task>();
        while (!_urls.Reader.Completion.IsCompleted || _due.Count > 0)
        {
            while (_urls.Reader.TryRead(out var url))
            {
                _due.Enqueue(url, url.ExpiresAt - _before);
            }

            while (_due.TryPeek(out _, out var at) && at <= DateTimeOffset.UtcNow)
            {
                await _places.WaitAsync();
                polls.Add(PollAsync(_due.Dequeue()));
            }

            await Task.Delay(_tick);
        }

        await Task.WhenAll(polls);
    }

    public void Dispose()
    {
        _places.Dispose();
        _http.Dispose();
    }

    // A response after the expiration proves nothing.
    private async Task PollAsync(StatusUrl url)
    {
        try
        {
            using var response = await _http.GetAsync(url.Value);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                Interlocked.Increment(ref _served);
            }
            else if (DateTimeOffset.UtcNow < url.ExpiresAt)
            {
                ExpiredEarly.Enqueue($"{response.StatusCode}, although valid until {url.ExpiresAt:O}");
            }
        }
        finally
        {
            _places.Release();
        }
    }
}
