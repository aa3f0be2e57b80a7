using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OffloadedPolling.Client;

namespace OrderClient;

/// <summary>Places orders with the host. Each order is placed once, even if the request is retried.</summary>
internal sealed class OrderPlacer : IDisposable
{
    private const int MostAtOnce = 16;

    private const int MostTries = 4;

    // The same options as the poller's.
    private const int MostBytes = 2 * 1024 * 1024;

    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan _answerWithin = TimeSpan.FromSeconds(30);

    private readonly HttpClient _host;

    private readonly Figures _figures;

    private readonly SemaphoreSlim _places = new(MostAtOnce);

    public OrderPlacer(Uri host, AuthenticationHeaderValue? credentials, Figures figures)
    {
        _host = new HttpClient { BaseAddress = host, Timeout = _answerWithin, MaxResponseContentBufferSize = MostBytes };
        _host.DefaultRequestHeaders.Authorization = credentials;
        _figures = figures;
    }

    /// <exception cref="HttpRequestException">The host refused the order, or did not respond. Then it has no status code.</exception>
    /// <exception cref="JsonException">The response is not an accepted operation.</exception>
    public async Task<AcceptedOperation> PlaceAsync(NewOrder order, CancellationToken stop)
    {
        await _places.WaitAsync(stop);
        try
        {
            return await PlaceInTriesAsync(order, stop);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _host.Dispose();
        _places.Dispose();
    }

    private async Task<AcceptedOperation> PlaceInTriesAsync(NewOrder order, CancellationToken stop)
    {
        // One idempotency key for all tries. If a response was lost, the host returns the same operation again.
        var key = Guid.NewGuid();
        var pause = _firstPause;
        for (var tries = 1; ; tries++, pause *= 2)
        {
            var wait = pause;
            try
            {
                using var response = await PostAsync(order, key, stop);
                if (response.StatusCode != HttpStatusCode.ServiceUnavailable || tries == MostTries)
                {
                    return await OperationPoller.ReadAcceptedAsync(response, stop);
                }

                wait = response.Headers.RetryAfter?.Delta ?? pause;
            }
            catch (HttpRequestException fault) when (fault.StatusCode is null && tries < MostTries)
            {
            }

            await Task.Delay(wait, stop);
        }
    }

    private async Task<HttpResponseMessage> PostAsync(NewOrder order, Guid key, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "order");
        request.Headers.Add("Idempotency-Key", key.ToString());
        request.Content = JsonContent.Create(order, OrderJson.Default.NewOrder);
        _figures.CountPost();
        try
        {
            return await _host.SendAsync(request, stop);
        }
        catch (OperationCanceledException timeout) when (!stop.IsCancellationRequested)
        {
            throw new HttpRequestException($"No response within {_answerWithin.TotalSeconds} s", timeout);
        }
    }
}
