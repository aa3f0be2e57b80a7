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

    private const int MaxAttempts = 4;

    // The same limit as the poller's.
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

    /// <returns>The accepted operation, or <see langword="null"/> if the order was not sent before the run was stopped.</returns>
    /// <exception cref="HttpRequestException">The host refused the order. Or it did not respond; then there is no status code.</exception>
    /// <exception cref="JsonException">The response is not an accepted operation.</exception>
    public async Task<AcceptedOperation?> PlaceAsync(NewOrder order, CancellationToken cancellationToken)
    {
        // Not canceled: when the run is stopped, the orders that are being sent end at once.
        await _places.WaitAsync(CancellationToken.None);
        try
        {
            return cancellationToken.IsCancellationRequested ? null : await SendAsync(order, cancellationToken);
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

    private async Task<AcceptedOperation> SendAsync(NewOrder order, CancellationToken cancellationToken)
    {
        // One idempotency key for all attempts. If a response was lost, the host returns the same operation again.
        var key = Guid.NewGuid();
        var pause = _firstPause;
        for (var attempt = 1; ; attempt++, pause *= 2)
        {
            var wait = pause;
            try
            {
                using var response = await PostAsync(order, key, cancellationToken);
                if (response.StatusCode != HttpStatusCode.ServiceUnavailable || attempt == MaxAttempts)
                {
                    return await OperationPoller.ReadAcceptedAsync(response, cancellationToken);
                }

                wait = response.Headers.RetryAfter?.Delta ?? pause;
            }
            catch (HttpRequestException fault) when (fault.StatusCode is null && attempt < MaxAttempts)
            {
                // No response, so the same order is sent again.
            }

            await Task.Delay(wait, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> PostAsync(NewOrder order, Guid key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "order");
        request.Headers.Add("Idempotency-Key", key.ToString());
        request.Content = JsonContent.Create(order, OrderJson.Default.NewOrder);
        _figures.CountPost();
        try
        {
            return await _host.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException timeout) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"No response within {_answerWithin.TotalSeconds} s", timeout);
        }
    }
}
