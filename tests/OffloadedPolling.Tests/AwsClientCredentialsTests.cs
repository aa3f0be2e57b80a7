using Amazon;
using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.S3;
using OffloadedPolling.Sqs;
using OffloadedPolling.Sts;

namespace OffloadedPolling.Tests;

/// <summary>The AWS clients that the library creates follow the host's <see cref="AWSOptions"/>.</summary>
public sealed class AwsClientCredentialsTests
{
    private static readonly AWSOptions _options = new()
    {
        Region = RegionEndpoint.EUSouth2,
        Credentials = new BasicAWSCredentials("AKIAOPTIONS", "secret"),
        DefaultClientConfig = { MaxErrorRetry = 7 },
    };

    [Fact]
    public async Task StatusUrl_WithAwsOptions_UsesTheirCredentialsAndRegion()
    {
        await using var provider = Provider();

        var url = await provider.GetRequiredService<IPresignedUrlIssuer>()
            .IssueAsync("operations/0123456789abcdef0123456789abcdef.json", TimeSpan.FromMinutes(5), default);

        url.Value.Should().StartWith("https://my-bucket.s3.eu-south-2.amazonaws.com/operations/").And.Contain("AKIAOPTIONS");
    }

    [Fact]
    public void Clients_WithAwsOptions_UseTheirSettings()
    {
        using var provider = Provider();

        IClientConfig[] clients = [
            provider.GetRequiredService<S3Connection>().Client.Config,
            provider.GetRequiredService<SqsConnection>().Client.Config,
            provider.GetRequiredService<StsConnection>().Client.Config];

        clients.Should().OnlyContain(config => config.RegionEndpoint == RegionEndpoint.EUSouth2 && config.MaxErrorRetry == 7);
    }

    [Fact]
    public void Clients_AwsOptionsWithoutTimeout_UseLibraryTimeouts()
    {
        using var provider = Provider();

        provider.GetRequiredService<S3Connection>().Client.Config.Timeout.Should().Be(TimeSpan.FromSeconds(10));
        provider.GetRequiredService<SqsConnection>().Client.Config.Timeout.Should().Be(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void S3Client_AwsOptionsWithTimeout_UsesThatTimeout()
    {
        using var provider = Provider(new AWSOptions
        {
            Region = RegionEndpoint.EUWest1,
            Credentials = _options.Credentials,
            DefaultClientConfig = { Timeout = TimeSpan.FromSeconds(3) },
        });

        provider.GetRequiredService<S3Connection>().Client.Config.Timeout.Should().Be(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void Clients_ProfileIsUnknown_ThrowWithInstructions()
    {
        using var provider = Provider(new AWSOptions { Region = RegionEndpoint.EUWest1, Profile = $"none-{Guid.NewGuid():n}" });

        provider.GetRequiredService<S3Connection>().Invoking(s3 => s3.Client).Should().Throw<OperationStoreException>()
            .WithMessage("The S3 client could not be created: *AWS_PROFILE*IAmazonS3*").And.Message.Should().NotContain("AWS_REGION");
        provider.GetRequiredService<SqsConnection>().Invoking(sqs => sqs.Client).Should().Throw<OperationQueueException>()
            .WithMessage("The SQS client could not be created: *AWS_PROFILE*IAmazonSQS*").And.Message.Should().NotContain("AWS_REGION");
    }

    private static ServiceProvider Provider(AWSOptions? options = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddDefaultAWSOptions(options ?? _options);
        services.AddOffloadedPolling().WithS3(s3 => s3.BucketName = "my-bucket")
            .WithSqs().WithSts(sts => sts.RoleArn = "arn:aws:iam::123456789012:role/reader").AddOperation<string>("words");
        return services.BuildServiceProvider();
    }
}
