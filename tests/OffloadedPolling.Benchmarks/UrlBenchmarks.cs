using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OffloadedPolling.S3;

namespace OffloadedPolling.Benchmarks;

/// <summary>Compares issuing a status URL with the SDK's GetPreSignedURL, in one run.</summary>
[Config(typeof(InOneProcess))]
[MemoryDiagnoser]
public class UrlBenchmarks : IDisposable
{
    private const string Bucket = "my-bucket";

    private const string Key = "operations/0123456789abcdef0123456789abcdef.json";

    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(5);

    private AmazonS3Client _client = null!;

    private S3PresignedUrlIssuer _issuer = null!;

    /// <summary>The length of the session token, or 0 for keys without a token.</summary>
    [Params(0, 900)]
    public int Token { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        AWSCredentials credentials = Token == 0
            ? new BasicAWSCredentials("AKID", "secret")
            : new SessionAWSCredentials("AKID", "secret", new string('t', Token));
        _client = new AmazonS3Client(credentials, RegionEndpoint.EUWest1);
        var s3 = Options.Create(new S3Options { BucketName = Bucket });
        var connection = new S3Connection(s3, _client);
        var written = new S3WriteProbe(connection, s3, new SettingsSection(null), TimeProvider.System);
        _issuer = new S3PresignedUrlIssuer(
            connection,
            new SigningCredentialsSource(connection, NullLogger<SigningCredentialsSource>.Instance),
            new S3StatusUrlProbe(written, new S3HttpClient(connection), s3, TimeProvider.System),
            Options.Create(new OffloadedPollingOptions()),
            TimeProvider.System,
            NullLogger<S3PresignedUrlIssuer>.Instance);
    }

    [Benchmark(Baseline = true)]
    public string Sdk() =>
        _client.GetPreSignedURL(new GetPreSignedUrlRequest { BucketName = Bucket, Key = Key, Expires = DateTime.UtcNow + _lifetime });

    [Benchmark]
    public async Task<string> Issuer() => (await _issuer.IssueAsync(Key, _lifetime, CancellationToken.None)).Value;

    [GlobalCleanup]
    public void Dispose()
    {
        _client.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class InOneProcess : ManualConfig
    {
        public InOneProcess() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
    }
}
