using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>
/// A web host on a provider, with the kind <c>parcels</c> and the operation endpoints. It serves the documents if the provider does not.
/// </summary>
internal sealed class ConformanceHost : IAsyncDisposable
{
    public const string Kind = "parcels";

    private readonly WebApplication _app;

    private ConformanceHost(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Urls.First());

    public IOperationStatusStore Store => Services.GetRequiredService<IOperationStatusStore>();

    public IOperationQueue Queue => Services.GetRequiredService<IOperationQueue>();

    public IPresignedUrlIssuer Issuer => Services.GetRequiredService<IPresignedUrlIssuer>();

    public IWaitTimeEstimator Estimator => Services.GetRequiredService<IWaitTimeEstimator>();

    public IDurationProfileStore Profiles => Services.GetRequiredService<IDurationProfileStore>();

    public IOffloadedOperations Operations => Services.GetRequiredService<IOffloadedOperations>();

    public RecordingLogger Log => Services.GetRequiredService<RecordingLogger>();

    public HttpClient Http { get; } = new(new HttpClientHandler { AllowAutoRedirect = false });

    public static async Task<ConformanceHost> StartAsync(
        IProvider provider,
        Action<OffloadedPollingOptions>? options = null,
        Action<OperationOptions>? operation = null,
        Action<IOffloadedPollingBuilder>? build = null,
        TimeProvider? time = null,
        Action<RouteGroupBuilder>? group = null,
        Action<WebApplication>? use = null,
        string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace);
        builder.WebHost.UseUrls(url);
        var services = builder.Services;
        services.AddSingleton<RecordingLogger>();
        services.AddSingleton<ILoggerProvider>(container => container.GetRequiredService<RecordingLogger>());
        services.AddSingleton(time ?? TimeProvider.System);
        var polling = services.AddOffloadedPolling(options ?? (_ => { }));
        provider.Choose(polling);
        polling.AddOperation<Parcel>(Kind, ParcelJson.Default, settings =>
        {
            provider.Configure(Kind, settings);
            operation?.Invoke(settings);
        });
        build?.Invoke(polling);

        var app = builder.Build();
        use?.Invoke(app);
        var operations = app.MapOperations("/operations");
        group?.Invoke(operations);
        await app.StartAsync();
        return new ConformanceHost(app);
    }

    public async Task<HttpResponseMessage> GetAsync(string url, string? ifNoneMatch = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, url);
        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        return await Http.SendAsync(request);
    }

    public async Task<HttpStatusCode> StatusOfAsync(string url)
    {
        using var response = await GetAsync(url);
        return response.StatusCode;
    }

    public async Task StopAsync() => await _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
