using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;

namespace OffloadedPolling.IntegrationTests.S3;

/// <summary>Looks at each URL once, shortly before the end that was told of it.</summary>
internal sealed class PollsNearTheEnd : IDisposable
{
    private const int AtOnce = 16;

    private static readonly TimeSpan _before = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(5);

    private readonly Channel<StatusUrl> _urls = Channel.CreateUnbounded<StatusUrl>();

    private readonly PriorityQueue<StatusUrl, DateTimeOffset> _due = new();

    private readonly SemaphoreSlim _places = new(AtOnce);

    private readonly HttpClient _http = new();

    private int _alive;

    /// <summary>How many were answered with their document.</summary>
    public int Alive => _alive;

    /// <summary>Those that were refused before their told end.</summary>
    public ConcurrentQueue<string> Died { get; } = new();

    public void At(StatusUrl url) => _urls.Writer.TryWrite(url);

    public void Complete() => _urls.Writer.Complete();

    /// <summary>Ends when all are looked at that there were when it was completed.</summary>
    public async Task RunAsync()
    {
        var looks = new List<Task>();
        while (!_urls.Reader.Completion.IsCompleted || _due.Count > 0)
        {
            while (_urls.Reader.TryRead(out var url))
            {
                _due.Enqueue(url, url.ExpiresAt - _before);
            }

            while (_due.TryPeek(out _, out var at) && at <= DateTimeOffset.UtcNow)
            {
                await _places.WaitAsync();
                looks.Add(PollAsync(_due.Dequeue()));
            }

            await Task.Delay(_tick);
        }

        await Task.WhenAll(looks);
    }

    public void Dispose()
    {
        _places.Dispose();
        _http.Dispose();
    }

    // An answer that comes after the end says nothing, whichever it is.
    private async Task PollAsync(StatusUrl url)
    {
        try
        {
            using var response = await _http.GetAsync(url.Value);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                Interlocked.Increment(ref _alive);
            }
            else if (DateTimeOffset.UtcNow < url.ExpiresAt)
            {
                Died.Enqueue($"{response.StatusCode}, told to work until {url.ExpiresAt:O}");
            }
        }
        finally
        {
            _places.Release();
        }
    }
}
