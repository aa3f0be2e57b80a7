using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NSubstitute;
using OffloadedPolling.Processing;
using OffloadedPolling.S3;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests;

/// <summary>Tests registrations that are missing, repeated, or made by the host.</summary>
public sealed class RegistrationTests
{
    private static readonly AmazonS3Config _config =
        new() { RegionEndpoint = Amazon.RegionEndpoint.EUWest1, DefaultAWSCredentials = new BasicAWSCredentials("OTHER", "secret") };

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Start_NoStoreRegistered_FailsWithOneMessage(string environment)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        // As Host.CreateDefaultBuilder and WebApplication.CreateBuilder do in Development.
        builder.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions
        {
            ValidateOnBuild = environment == "Development",
            ValidateScopes = environment == "Development",
        }));
        builder.Services.AddOffloadedPolling().AddOperation<Letter>("letters", LetterJson.Default).AddHandler<Letter, LetterHandler>();
        using var host = builder.Build();

        var start = () => host.StartAsync();

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Failures.Should().ContainSingle()
            .Which.Should().Be("No status store and no queue are registered. Call .WithS3() and .WithSqs() (on AWS), or .WithSqlite() "
                + "(on one machine), after AddOffloadedPolling.");
    }

    [Fact]
    public void Start_HandlersAddedBeforeAws_StartAfterAwsClients()
    {
        var services = new ServiceCollection();

        services.AddOffloadedPolling()
            .AddOperation<Letter>("letters", LetterJson.Default).AddHandler<Letter, LetterHandler>().WithS3().WithSqs();

        var hosted = services.Where(service => service.ServiceType == typeof(IHostedService)).ToList();
        hosted.Select(service => service.ImplementationType).Take(2).Should().Equal(typeof(RegistrationStart), typeof(AwsClientStart));
        hosted.Count(service => service.ImplementationType == typeof(AwsClientStart)).Should().Be(1);
    }

    [Fact]
    public async Task Start_KindWithoutHandler_IsLogged()
    {
        using var log = new RecordingLogger();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log));
        services.AddOffloadedPolling().WithSqlite().AddOperation<Letter>("letters", LetterJson.Default);
        await using var provider = services.BuildServiceProvider();

        await provider.GetServices<IHostedService>().OfType<KindsStart>().Single().StartAsync(default);

        log.Entries.Should().ContainSingle(entry => entry.Id == 108).Which.Text
            .Should().StartWith("Kind 'letters' has no handler in this process.");
    }

    [Fact]
    public async Task Start_KindWithHandler_IsNotLogged()
    {
        using var log = new RecordingLogger();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log));
        services.AddOffloadedPolling().WithSqlite().AddOperation<Letter>("letters", LetterJson.Default).AddHandler<Letter, LetterHandler>();
        await using var provider = services.BuildServiceProvider();

        await provider.GetServices<IHostedService>().OfType<KindsStart>().Single().StartAsync(default);

        log.Entries.Should().NotContain(entry => entry.Id == 108);
    }

    [Fact]
    public void WithS3_CalledTwice_ReadsListsOnce()
    {
        var services = new ServiceCollection();
        services.AddOffloadedPolling(StartFailures.Section(new() { ["S3:AllowedOrigins:0"] = "https://shop.example.com" }))
            .WithS3().WithS3(s3 => s3.KeyPrefix = "a/").WithSqs().AddOperation<Letter>("letters", LetterJson.Default);
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<S3Options>>().Value;

        options.AllowedOrigins.Should().Equal("https://shop.example.com");
        options.KeyPrefix.Should().Be("a/");
    }

    [Fact]
    public async Task Start_S3ClientHidesItsCredentials_Throws()
    {
        using var real = new AmazonS3Client(new BasicAWSCredentials("AKID", "secret"), Amazon.RegionEndpoint.EUWest1);
        var start = SigningStart(real);

        (await start.Should().ThrowAsync<StatusUrlException>())
            .WithMessage("*signs with credentials that this library cannot find*register the AmazonS3Client itself*");
    }

    [Fact]
    public async Task Start_S3ClientExposesItsCredentials_Succeeds()
    {
        using var real = new AmazonS3Client(new BasicAWSCredentials("OTHER", "secret"), Amazon.RegionEndpoint.EUWest1);

        await SigningStart(real).Should().NotThrowAsync();
    }

    private static Func<Task> SigningStart(AmazonS3Client real)
    {
        var decorator = Substitute.For<IAmazonS3>();
        decorator.Config.Returns(_config);
        decorator.GetPreSignedURLAsync(Arg.Any<GetPreSignedUrlRequest>()).Returns(call =>
            real.GetPreSignedURLAsync(call.Arg<GetPreSignedUrlRequest>()));
        decorator.DetermineServiceOperationEndpoint(Arg.Any<AmazonWebServiceRequest>())
            .Returns(call => real.DetermineServiceOperationEndpoint(call.Arg<AmazonWebServiceRequest>()));
        var services = new ServiceCollection().AddLogging().AddSingleton(decorator);
        services.AddOffloadedPolling()
            .WithS3(s3 => s3.BucketName = "status").WithSqlite().AddOperation<Letter>("letters", LetterJson.Default);
        var provider = services.BuildServiceProvider();
        return () => provider.GetServices<IHostedService>().OfType<S3SigningStart>().Single().StartAsync(default);
    }

    private sealed class LetterHandler : IOperationHandler<Letter, string>
    {
        public Task<string> HandleAsync(OperationContext<Letter> context, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
