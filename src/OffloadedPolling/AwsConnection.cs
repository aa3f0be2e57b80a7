using System.Diagnostics.CodeAnalysis;
using Amazon;
using Amazon.Runtime;

namespace OffloadedPolling;

/// <summary>A source of an AWS client, which is created at start so that missing settings stop the host.</summary>
internal interface IAwsClientSource
{
    /// <summary>Creates the client, without I/O.</summary>
    void EnsureClient();
}

/// <summary>An AWS client: the host's own, or one that the library creates and disposes.</summary>
internal abstract class AwsConnection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TClient>(
    TClient? hostClient, Func<TClient> create) : IAwsClientSource, IDisposable
    where TClient : class, IAmazonService, IDisposable
{
    private readonly Lazy<TClient> _client = new(() => hostClient ?? create());

    public TClient Client => _client.Value;

    public virtual void EnsureClient() => _ = Client;

    public void Dispose()
    {
        if (_client.IsValueCreated && hostClient is null)
        {
            _client.Value.Dispose();
        }
    }
}

/// <summary>The partitions of AWS.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html</remarks>
internal static class AwsPartition
{
    /// <summary>Returns the partition in the ARNs of a region, such as <c>aws</c>, <c>aws-cn</c> or <c>aws-us-gov</c>.</summary>
    public static string NameOf(string? region) =>
        !string.IsNullOrEmpty(region) && RegionEndpoint.GetBySystemName(region).PartitionName is { Length: > 0 } name ? name : "aws";
}
