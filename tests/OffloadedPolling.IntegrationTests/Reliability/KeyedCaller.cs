using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>A caller that posts an order with an <c>Idempotency-Key</c> until it is accepted, even if the API is killed.</summary>
internal sealed class KeyedCaller(Uri api) : IDisposable
{
    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private int _started;

    private int _inFlight;

    private int _cutOff;

    private int _refused;

    public HttpClient Http => _http;

    /// <summary>Gets the number of posts that were started, including retries.</summary>
    public int Started => Volatile.Read(ref _started);

    /// <summary>Gets the number of posts that have no response yet.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Gets the number of posts that reached the API but got no response, because its process died.</summary>
    public int CutOff => _cutOff;

    /// <summary>Gets the number of posts that found no process or got a 5xx response.</summary>
    public int Refused => _refused;

    public async Task<string> PlaceAsync(string key)
    {
        while (true)
        {
            if (await TryAsync(key) is { } id)
            {
                return id;
            }

            await Task.Delay(_retryDelay);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<string?> TryAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api, "/order"));
        request.Headers.Add("Idempotency-Key", key);
        request.Content = new StringContent(
            $$"""{"customer":"{{key}}","items":[{"sku":"book","quantity":1}]}""", Encoding.UTF8, "application/json");
        Interlocked.Increment(ref _inFlight);
        Interlocked.Increment(ref _started);
        try
        {
            using var response = await _http.SendAsync(request);
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                return (await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!.Id;
            }

            ((int)response.StatusCode).Should().BeGreaterThanOrEqualTo(
                500, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            Interlocked.Increment(ref _refused);
        }
        catch (HttpRequestException refused) when (refused.HttpRequestError == HttpRequestError.ConnectionError)
        {
            Interlocked.Increment(ref _refused);
        }
        catch (Exception cutOff) when (cutOff is HttpRequestException or OperationCanceledException)
        {
            Interlocked.Increment(ref _cutOff);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }

        return null;
    }
}
