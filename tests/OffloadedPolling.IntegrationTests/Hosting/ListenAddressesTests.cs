using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Hosting;

/// <summary>Where Orders listens, for every standard setting, and its health probe with the same settings.</summary>
public sealed class ListenAddressesTests : IDisposable
{
    private const string Order = """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""";

    private readonly SqliteOrdersSettings _files = new();

    private readonly TestCertificate _certificate = new();

    private readonly HttpClient _http = new(TestCertificate.NewHandler());

    private readonly int _port = FreePort.Next();

    public void Dispose()
    {
        _http.Dispose();
        _certificate.Dispose();
        _files.Dispose();
    }

    public static TheoryData<string, string> Variables() => new()
    {
        { "ASPNETCORE_URLS", "http://127.0.0.1:{0}" },
        { "DOTNET_URLS", "http://127.0.0.1:{0}" },
        { "URLS", "http://localhost:{0}" },
        { "ASPNETCORE_HTTP_PORTS", "{0}" },
        { "DOTNET_HTTP_PORTS", "{0}" },
        { "ASPNETCORE_HTTPS_PORTS", "{0}" },
        { "ASPNETCORE_URLS", "https://127.0.0.1:{0}" },
        { "DOTNET_URLS", "https://*:{0}" },
        { "Kestrel__Endpoints__Any__Url", "http://127.0.0.1:{0}" },
        { "ASPNETCORE_Kestrel__Endpoints__Any__Url", "http://*:{0}" },
        { "Kestrel__Endpoints__Any__Url", "https://localhost:{0}" },
    };

    [Theory]
    [MemberData(nameof(Variables))]
    public async Task Address_FromVariable_IsServedAndProbed(string variable, string value)
    {
        var settings = Settings((variable, string.Format(CultureInfo.InvariantCulture, value, _port)));
        await using var orders = await OrdersProcess.StartAtAsync(AddressOf(variable, value), settings);

        await AssertServesAsync(orders, settings);
    }

    [Theory]
    [InlineData("http", "--urls", "http://127.0.0.1:{0}")]
    [InlineData("https", "--urls", "https://127.0.0.1:{0}")]
    [InlineData("http", "--http_ports", "{0}")]
    [InlineData("https", "--Kestrel:Endpoints:Any:Url", "https://127.0.0.1:{0}")]
    public async Task Address_FromArgument_IsServedAndProbed(string scheme, string argument, string value)
    {
        var settings = Settings();
        string[] arguments = [argument, string.Format(CultureInfo.InvariantCulture, value, _port)];
        await using var orders = await OrdersProcess.StartAtAsync(new Uri($"{scheme}://127.0.0.1:{_port}"), settings, arguments);

        await AssertServesAsync(orders, settings, arguments);
    }

    [Fact]
    public async Task Address_KestrelEndpointsAndUrls_EndpointsWin()
    {
        var settings = Settings(
            ("ASPNETCORE_URLS", $"http://127.0.0.1:{FreePort.Next()}"), ("Kestrel__Endpoints__Any__Url", $"http://127.0.0.1:{_port}"));
        await using var orders = await OrdersProcess.StartAtAsync(new Uri($"http://127.0.0.1:{_port}"), settings);

        await AssertServesAsync(orders, settings);
    }

    [Fact]
    public async Task Address_PreferHostingUrls_UrlsWin()
    {
        var settings = Settings(
            ("ASPNETCORE_URLS", $"http://127.0.0.1:{_port}"), ("ASPNETCORE_PREFERHOSTINGURLS", "true"),
            ("Kestrel__Endpoints__Any__Url", $"http://127.0.0.1:{FreePort.Next()}"));
        await using var orders = await OrdersProcess.StartAtAsync(new Uri($"http://127.0.0.1:{_port}"), settings);

        await AssertServesAsync(orders, settings);
    }

    [Fact]
    public async Task Address_EndpointHasCertificate_IsServedAndProbed()
    {
        var settings = _files.For();
        settings["Kestrel__Endpoints__Any__Url"] = $"https://127.0.0.1:{_port}";
        settings["Kestrel__Endpoints__Any__Certificate__Path"] = _certificate.File;
        settings["Kestrel__Endpoints__Any__Certificate__Password"] = TestCertificate.Password;
        await using var orders = await OrdersProcess.StartAtAsync(new Uri($"https://127.0.0.1:{_port}"), settings);

        await AssertServesAsync(orders, settings);
    }

    [Fact]
    public async Task Probe_AllowedHosts_UsesAllowedName()
    {
        var settings = Settings(("ASPNETCORE_URLS", $"http://127.0.0.1:{_port}"), ("AllowedHosts", "orders.example.com;*.example.com"));
        await using var orders = OrdersProcess.StartAt(new Uri($"http://127.0.0.1:{_port}"), settings);

        await Eventually.TrueAsync(async () => await ProbeAsync(settings) == (0, "Healthy"), TimeSpan.FromSeconds(60), () => orders.Output);
        using var refused = await _http.GetAsync(new Uri(orders.Address, "/health"));
        refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Address_UnixSocket_IsProbed()
    {
        var file = Path.Combine(Path.GetDirectoryName(_files.DataSource)!, "orders.sock");
        var settings = Settings(("ASPNETCORE_URLS", $"http://unix:{file}"));
        await using var orders = OrdersProcess.StartAt(new Uri("http://localhost"), settings);

        await Eventually.TrueAsync(async () => await ProbeAsync(settings) == (0, "Healthy"), TimeSpan.FromSeconds(60), () => orders.Output);
    }

    [Fact]
    public async Task Address_NotConfigured_IsPort5080()
    {
        await using var orders = OrdersProcess.StartAt(new Uri("http://localhost:5080"), _files.For());

        // Another process may use the port.
        await Eventually.TrueAsync(
            () => orders.Output.Contains("Now listening on: http://localhost:5080", StringComparison.Ordinal)
                || orders.Output.Contains("Failed to bind to address http://127.0.0.1:5080", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            () => orders.Output);
    }

    private Dictionary<string, string> Settings(params (string Name, string Value)[] more)
    {
        var settings = _files.For();
        foreach (var (name, value) in _certificate.Settings.Select(pair => (pair.Key, pair.Value)).Concat(more))
        {
            settings[name] = value;
        }

        return settings;
    }

    private Uri AddressOf(string variable, string value)
    {
        var isHttps = variable.Contains("HTTPS", StringComparison.Ordinal) || value.StartsWith("https:", StringComparison.Ordinal);
        return new UriBuilder(isHttps ? "https" : "http", "127.0.0.1", _port).Uri;
    }

    private async Task AssertServesAsync(OrdersProcess orders, Dictionary<string, string> settings, string[]? arguments = null)
    {
        orders.Output.Should().NotContain(":5080");
        using var content = new StringContent(Order, System.Text.Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(orders.Address, "/order"), content);
        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        var accepted = (await response.Content.ReadFromJsonAsync(OperationJson.Accepted))!;
        accepted.StatusUrl.Should().StartWith($"{orders.Address.Scheme}://").And.Contain($":{_port}/operations/");
        (await _http.GetFromJsonAsync(accepted.StatusUrl, OperationJson.Status))!.Id.Should().Be(accepted.Id);
        (await ProbeAsync(settings, arguments)).Should().Be((0, "Healthy"));
    }

    private static async Task<(int ExitCode, string Output)> ProbeAsync(Dictionary<string, string> settings, string[]? arguments = null)
    {
        string[] command = [OrdersProcess.Dll, "--health", .. arguments ?? []];
        var (exitCode, output) = await Commands.RunAsync("dotnet", command, environment: settings);
        return (exitCode, output.Trim());
    }
}
