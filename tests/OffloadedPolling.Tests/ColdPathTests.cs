using Amazon.S3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests;

/// <summary>Checks that a host does no network or file access before it starts, which would lengthen every cold start.</summary>
public sealed class ColdPathTests : IDisposable
{
    private const string NoServer = "http://127.0.0.1:1";

    private readonly string _folder = Directory.CreateTempSubdirectory("cold-").FullName;

    private readonly OutsideWatch _watch = new();

    public void Dispose()
    {
        _watch.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public static TheoryData<string> Hosts => ["S3 and SQS", "S3 and SQS events", "SQLite"];

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task ResolveAllServices_BeforeStart_DoesNoIoAndCreatesNoClient(string host)
    {
        var builder = Register(host);
        await using var app = builder.Build();
        app.MapOperations("/operations");
        var services = Resolve(app.Services, builder.Services);

        services.Should().Contain(service => service is IOperationStatusStore);
        services.Should().Contain(service => service is IPresignedUrlIssuer);
        services.Should().Contain(service => service is IWaitTimeEstimator);
        services.Should().Contain(service => service is IOffloadedOperations);
        services.Should().Contain(service => service is IHostedService);
        services.Should().Contain(service => service is IHealthCheck);
        ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Should().NotBeEmpty();
        _watch.Heard.Should().BeEmpty();
        Directory.EnumerateFileSystemEntries(_folder).Should().BeEmpty();
    }

    [Fact]
    public async Task Start_OnS3AndSqs_Connects()
    {
        // Created before the host, like a client that a host registers itself.
        using var s3 = new AmazonS3Client("key", "secret", new AmazonS3Config { ServiceURL = NoServer, MaxErrorRetry = 0 });
        _watch.Heard.Should().Equal("client AmazonS3Client");
        var builder = Register("S3 and SQS");
        builder.Services.AddSingleton<IAmazonS3>(s3);
        builder.Services.AddSingleton<Amazon.SQS.IAmazonSQS>(_ =>
            new Amazon.SQS.AmazonSQSClient("key", "secret", new Amazon.SQS.AmazonSQSConfig { ServiceURL = NoServer, MaxErrorRetry = 0 }));
        builder.Services.AddSingleton<Amazon.SecurityToken.IAmazonSecurityTokenService>(_ =>
            new Amazon.SecurityToken.AmazonSecurityTokenServiceClient(
                "key", "secret", new Amazon.SecurityToken.AmazonSecurityTokenServiceConfig { ServiceURL = NoServer }));
        await using var app = builder.Build();

        await app.StartAsync();

        await Eventually.TrueAsync(
            () => _watch.Heard.Any(heard => heard.StartsWith("ConnectStart", StringComparison.Ordinal)), TimeSpan.FromSeconds(30),
            () => string.Join('\n', _watch.Heard));
        await app.StopAsync();
    }

    [Fact]
    public async Task Start_OnSqlite_CreatesDatabaseFile()
    {
        await using var app = Register("SQLite").Build();

        await app.StartAsync();

        Directory.EnumerateFiles(_folder).Should().Contain(file => Path.GetFileName(file) == "polling.db");
        await app.StopAsync();
    }

    private WebApplicationBuilder Register(string host)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        RecordingLogger.Watch(builder.Logging);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OffloadedPolling:S3:BucketName"] = "status",
            ["OffloadedPolling:Sqlite:DataSource"] = Path.Combine(_folder, "polling.db"),
            ["OffloadedPolling:Sts:RoleArn"] = "arn:aws:iam::123456789012:role/status-reader",
            ["OffloadedPolling:Operations:parcels:QueueUrl"] = $"{NoServer}/000000000000/parcels",
            ["OffloadedPolling:Operations:parcels:DeadLetterQueueUrl"] = $"{NoServer}/000000000000/parcels-dead",
        });
        builder.Services.AddSingleton<HandlerScript>();
        builder.Services.AddHealthChecks().AddOffloadedPolling();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ParcelJson.Default));
        var offloaded = builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"));
        _ = host switch
        {
            "SQLite" => offloaded.WithSqlite(),
            "S3 and SQS" => offloaded.WithS3().WithSqs().WithSts(),
            _ => offloaded.WithS3().WithSqsEvents().WithSts(),
        };
        offloaded.AddOperation<Parcel>("parcels", ParcelJson.Default)
            .AddHandler<Parcel, ParcelHandler>()
            .AddDeadLetterReader()
            .AddStatusDocumentPolicy<ParcelPolicy>();
        return builder;
    }

    // All services of the library, the hosted services and the health checks.
    private static List<object?> Resolve(IServiceProvider provider, IServiceCollection registered)
    {
        using var scope = provider.CreateScope();
        return
        [
            .. registered
                .Where(service => !service.IsKeyedService && !service.ServiceType.ContainsGenericParameters
                    && (IsOurs(service.ServiceType) || service.ServiceType == typeof(IHostedService)))
                .Select(service => service.ServiceType)
                .Distinct()
                .SelectMany(type => scope.ServiceProvider.GetServices(type)),
            .. provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Select(check =>
                check.Factory(scope.ServiceProvider)),
        ];
    }

    private static bool IsOurs(Type type) => type.Assembly.GetName().Name!.StartsWith("OffloadedPolling", StringComparison.Ordinal);
}
