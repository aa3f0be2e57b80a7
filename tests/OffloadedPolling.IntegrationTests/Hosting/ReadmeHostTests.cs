using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Lambda;
using OffloadedPolling.IntegrationTests.Servers;
using Snippets;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>The host in the README, unchanged, with a certificate.</summary>
[Collection(ThisProcessEnvironment.Name)]
public sealed class ReadmeHostTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("--urls", "https://127.0.0.1:{0}")]
    [InlineData("--https_ports", "{0}")]
    [InlineData("--Kestrel:Endpoints:Any:Url", "https://127.0.0.1:{0}")]
    public async Task ReadmeHost_WithCertificate_ServesHttps(string argument, string value)
    {
        using var certificate = new TestCertificate();
        using var environment = new ThisProcessEnvironment(new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = TestServers.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = TestServers.SecretKey,
            ["AWS_REGION"] = TestServers.Region,
            ["AWS_ENDPOINT_URL_S3"] = TestServers.S3.ToString(),
            ["AWS_ENDPOINT_URL_SQS"] = TestServers.Sqs.ToString(),
            ["OffloadedPolling__S3__BucketName"] = await TestServers.NewBucketAsync(),
            ["OffloadedPolling__S3__ForcePathStyle"] = "true",
            ["OffloadedPolling__Operations__reports__QueueUrl"] = await TestServers.NewQueueAsync(),
            ["Logging__LogLevel__Default"] = "None",
            ["Kestrel__Certificates__Default__Path"] = certificate.File,
            ["Kestrel__Certificates__Default__Password"] = TestCertificate.Password,
        });
        var port = FreePort.Next();
        using var built = new BuiltHost();
        var run = Task.Run(() => Readme.Run([argument, string.Format(null, value, port)]));
        using var http = new HttpClient(TestCertificate.NewHandler());

        await Eventually.TrueAsync(
            async () => run.IsCompleted || await AnswersAsync(http, port), _timeout, () => $"the host does not respond on port {port}");
        if (run.IsCompleted)
        {
            await run;
        }

        var url = new Uri($"https://127.0.0.1:{port}/report");
        using var response = await http.PostAsJsonAsync(url, new CreateReport(2026), ReportJson.Default.CreateReport);
        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        var accepted = (await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!;
        OperationStatus? status = null;
        await Eventually.TrueAsync(
            async () => (status = await http.GetFromJsonAsync(accepted.StatusUrl, OperationJson.Status))!.State.IsTerminal(),
            _timeout,
            () => $"{status}");
        status!.State.Should().Be(OperationState.Succeeded);
        await built.Host!.StopAsync();
        await run.WaitAsync(_timeout);
    }

    private static async Task<bool> AnswersAsync(HttpClient http, int port)
    {
        try
        {
            using var response = await http.GetAsync(new Uri($"https://127.0.0.1:{port}/"));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Captures the host when it is built, because <c>Run</c> does not return it.</summary>
    private sealed class BuiltHost : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly List<IDisposable> _subscriptions = [];

        public BuiltHost() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

        public IHost? Host { get; private set; }

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
            {
                _subscriptions.Add(value.Subscribe(this));
            }
        }

        public void OnNext(KeyValuePair<string, object?> value) => Host = value is { Key: "HostBuilt", Value: IHost host } ? host : Host;

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());
    }
}
