using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Provisioning;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>Creates hosts that can set up their bucket, and inspects buckets.</summary>
internal static class BucketHost
{
    /// <summary>Gets the TLS address of Ceph's gateway, which uses a self-signed certificate.</summary>
    public static Uri Https { get; } = new UriBuilder(TestServers.S3) { Scheme = Uri.UriSchemeHttps, Port = TestServers.S3.Port + 443 }.Uri;

    public static Task<TestHost> CreateAsync(
        Action<S3Options>? s3 = null, Action<StatusBucketOptions>? switches = null, Action<OffloadedPollingOptions>? options = null,
        IAmazonS3? client = null, string? bucket = null, Uri? address = null) =>
        TestHost.CreateAsync(s3: address, bucket: bucket, options: options, build: builder =>
        {
            builder.AddProvisioning();
            builder.Services.Configure(s3 ?? (_ => { }));
            // Ceph's gateway does not support these. Tests of that behavior switch them on.
            builder.Services.Configure<StatusBucketOptions>(parts =>
            {
                parts.BlockPublicAccess = false;
                parts.Encryption = false;
                switches?.Invoke(parts);
            });
            if (client is not null)
            {
                builder.Services.AddSingleton(client);
            }
        });

    public static StatusBucket StatusBucket(this TestHost host) => host.Services.GetRequiredService<StatusBucket>();

    public static async Task<string?> ReadAsync(this TestHost host, string resource) =>
        (await host.Services.GetRequiredService<BucketConfiguration>().ReadAsync(resource, "", default))?.Text;

    public static Task WriteAsync(this TestHost host, string resource, string text) =>
        host.Services.GetRequiredService<BucketConfiguration>().WriteAsync(resource, "", new BucketDocument(text), default);

    public static ProvisioningState State(this ProvisioningReport report, string part) =>
        report.Parts.Single(each => each.Name == part).State;

    public static ProvisioningPart Part(this ProvisioningReport report, string part) => report.Parts.Single(each => each.Name == part);

    public static async Task<OperationStatus> PlaceDocumentAsync(this TestHost host)
    {
        var accepted = await host.Operations.AcceptAsync(new Parcel("to somebody"), TestContext.Current.CancellationToken);
        return (await host.Store.GetAsync(accepted.Id, TestContext.Current.CancellationToken))!.Status;
    }

    /// <summary>Creates a TLS client that accepts the gateway's certificate.</summary>
    public static AmazonS3Client NewTlsClient() => new(TestServers.Credentials, new AmazonS3Config
    {
        ServiceURL = Https.ToString(),
        AuthenticationRegion = TestServers.Region,
        ForcePathStyle = true,
        HttpClientFactory = new AnyCertificate(),
    });

    /// <summary>Creates a caller that sends its requests from the given local address.</summary>
    public static HttpClient CallerFrom(string address) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    private sealed class AnyCertificate : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) =>
            new(new HttpClientHandler
            {
                ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
                UseProxy = false,
            });

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;
    }
}
