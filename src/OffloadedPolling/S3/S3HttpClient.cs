using Amazon.Runtime;

namespace OffloadedPolling.S3;

/// <summary>An HTTP client with the same reach as the S3 client, because it uses the S3 client's factory or proxy.</summary>
internal sealed class S3HttpClient(S3Connection s3) : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    private readonly Lazy<HttpClient> _client = new(() => Create(s3.Client.Config));

    public HttpClient Client => _client.Value;

    public void Dispose()
    {
        // A host's factory may share one client.
        if (_client.IsValueCreated
            && (FactoryOf(s3.Client.Config) is not { } factory || factory.DisposeHttpClientsAfterUse(s3.Client.Config)))
        {
            _client.Value.Dispose();
        }
    }

    private static HttpClientFactory? FactoryOf(IClientConfig config) => (config as ClientConfig)?.HttpClientFactory;

    private static HttpClient Create(IClientConfig config)
    {
        if (FactoryOf(config) is { } factory)
        {
            return factory.CreateHttpClient(config);
        }

        // A bucket in another region returns a redirect that would need another signature.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (config.GetWebProxy() is { } proxy)
        {
            handler.Proxy = proxy;
        }

        return new HttpClient(handler) { Timeout = _timeout };
    }
}
