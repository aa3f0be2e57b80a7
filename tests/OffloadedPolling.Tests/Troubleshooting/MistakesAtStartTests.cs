using System.Text.Json.Serialization;
using Amazon;
using Amazon.Runtime;
using Amazon.SQS;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Troubleshooting;

/// <summary>Tests the mistakes that a host reports at startup, without any server.</summary>
public sealed class MistakesAtStartTests
{
    private const string Role = "arn:aws:iam::123456789012:role/status-reader";

    private static readonly Dictionary<Mistake, Action<IServiceCollection>> _made = new()
    {
        [Mistakes.NothingChosen] = services => services.AddOffloadedPolling().AddOperation<Draft>("reports", DraftJson.Default),
        [Mistakes.NoQueue] = services =>
            services.AddOffloadedPolling().WithS3(s3 => s3.BucketName = "status").AddOperation<Draft>("reports", DraftJson.Default),
        [Mistakes.NoStore] = services =>
            services.AddOffloadedPolling().WithSqs().AddOperation<Draft>("reports", DraftJson.Default, WithQueue),
        [Mistakes.NoKind] = services => services.AddOffloadedPolling().WithSqlite(),
        [Mistakes.NoHandler] = services => Sqlite(services),
        [Mistakes.TwoHandlers] = services => Sqlite(services).AddHandler<Draft, DraftHandler>().AddHandler<Draft, DraftHandler>(),
        [Mistakes.OnePayloadTwice] = services => Sqlite(services).AddOperation<Draft>("others", DraftJson.Default),
        [Mistakes.UnknownResult] = services => Sqlite(services).AddHandler<Draft, UriHandler>(),
        [Mistakes.StsWithoutS3] = services => Sqlite(services).WithSts(sts => sts.RoleArn = Role),
        [Mistakes.NothingToRead] = services => Aws(services, []).AddDeadLetterReader(),
        [Mistakes.NoBucket] = services => Aws(services, new() { ["S3:BucketName"] = "" }),
        [Mistakes.NoQueueUrl] = services => Aws(services, new() { ["Operations:reports:QueueUrl"] = "" }),
        [Mistakes.DurationInHours] = services => Aws(services, new() { ["Retention"] = "48:00:00" }),
        [Mistakes.DurationWithoutUnit] = services => Aws(services, new() { ["Retention"] = "30" }),
        [Mistakes.UnknownSetting] = services => Aws(services, new() { ["Retension"] = "2.00:00:00" }),
        [Mistakes.PublicEndpointWithPath] = services => Aws(services, new() { ["S3:PublicEndpoint"] = "https://files.example.com/s3" }),
        [Mistakes.QueueInAnotherRegion] = services => Aws(services, []),
    };

    public static TheoryData<Mistake> Made => [.. _made.Keys];

    [Theory]
    [MemberData(nameof(Made))]
    public async Task Start_Mistake_ReportsOneMessage(Mistake mistake)
    {
        ArgumentNullException.ThrowIfNull(mistake);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development" });
        builder.ConfigureContainer(
            new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }));
        using var log = new RecordingLogger();
        builder.Logging.AddProvider(log);
        _made[mistake](builder.Services);
        using var host = builder.Build();

        var failure = await FailureOfAsync(host);

        if (mistake.Seen == Seen.Log)
        {
            failure.Should().BeNull();
            log.Entries.Should().ContainSingle(entry => entry.Text == mistake.Message);
            return;
        }

        var messages = failure is OptionsValidationException invalid ? invalid.Failures : [failure!.Message];
        messages.Should().ContainSingle().Which.Should().Contain(mistake.Message);
    }

    [Fact]
    public async Task Start_MapOperationsForgotten_FailsWithMessage()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Sqlite(builder.Services);
        await using var app = builder.Build();
        app.MapPost("/report", (Draft draft, IOffloadedOperations operations) => OperationResults.AcceptAsync(operations, draft));

        var start = () => app.StartAsync();

        (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain(Mistakes.NoStatusRoute.Message);
    }

    private static async Task<Exception?> FailureOfAsync(IHost host)
    {
        try
        {
            await host.StartAsync();
            await host.StopAsync();
            return null;
        }
        catch (Exception failure) when (failure is OptionsValidationException or OffloadedPollingException)
        {
            return failure;
        }
    }

    private static IOffloadedPollingBuilder Sqlite(IServiceCollection services) => services.AddOffloadedPolling()
        .WithSqlite(sqlite => sqlite.DataSource = Path.Combine(Directory.CreateTempSubdirectory().FullName, "status.db"))
        .AddOperation<Draft>("reports", DraftJson.Default);

    private static IOffloadedPollingBuilder Aws(IServiceCollection services, Dictionary<string, string?> settings)
    {
        services.AddSingleton<IAmazonSQS>(_ => new AmazonSQSClient(new BasicAWSCredentials("AKID", "secret"), RegionEndpoint.USEast1));
        services.AddSingleton<Amazon.S3.IAmazonS3>(_ =>
            new Amazon.S3.AmazonS3Client(new BasicAWSCredentials("AKID", "secret"), RegionEndpoint.USEast1));
        var all = new Dictionary<string, string?> { ["S3:BucketName"] = "status", ["Operations:reports:QueueUrl"] = Mistakes.QueueUrl };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(all.Select(setting => KeyValuePair.Create($"OffloadedPolling:{setting.Key}", setting.Value)))
            .Build().GetSection("OffloadedPolling");
        return services.AddOffloadedPolling(section).WithS3().WithSqs().AddOperation<Draft>("reports", DraftJson.Default);
    }

    private static void WithQueue(OperationOptions kind) => kind.QueueUrl = Mistakes.QueueUrl;

    private sealed class DraftHandler : IOperationHandler<Draft, string>
    {
        public Task<string> HandleAsync(OperationContext<Draft> context, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class UriHandler : IOperationHandler<Draft, Uri>
    {
        public Task<Uri> HandleAsync(OperationContext<Draft> context, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}

internal sealed record Draft(int Year);

[JsonSerializable(typeof(Draft))]
[JsonSerializable(typeof(string))]
internal sealed partial class DraftJson : JsonSerializerContext;
