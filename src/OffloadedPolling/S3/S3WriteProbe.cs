using Amazon.S3.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.S3;

/// <summary>
/// Tests whether this host may write status documents, and whether the server supports <c>If-None-Match</c> and <c>If-Match</c>. Some
/// S3-compatible servers ignore these conditions, so that one writer overwrites another.
/// </summary>
internal sealed class S3WriteProbe(S3Connection s3, IOptions<S3Options> options, SettingsSection settings, TimeProvider time)
{
    // A PUT that returns 412 is billed like a successful one, and health checks run every few seconds.
    private static readonly TimeSpan _fresh = TimeSpan.FromMinutes(1);
    private static readonly string _nobodysVersion = new('0', 32);

    private volatile bool _isProved;
    private long _provedAt;
    private volatile bool _isHonored;

    /// <summary>Gets the key of the test object. It is not a status key, and all hosts write the same content.</summary>
    public string Key => $"{s3.KeyPrefix}conditional-write-probe";

    /// <summary>Writes the object with conditions that do not hold. Endpoints of AWS are known to support conditions.</summary>
    /// <returns>The conditions that the server ignores, or <see langword="null"/>.</returns>
    /// <exception cref="OperationStoreException">Writing is denied, or the server cannot be reached.</exception>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        if (_isProved && time.GetElapsedTime(Volatile.Read(ref _provedAt)) < _fresh)
        {
            return null;
        }

        var ignored = await FindIgnoredAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _provedAt, time.GetTimestamp());
        _isProved = ignored is null;
        return ignored;
    }

    /// <summary>Returns a message about ignored conditions and what to do.</summary>
    /// <exception cref="OperationStoreException">The settings require conditional writes.</exception>
    public string Explain(string ignored)
    {
        var problem = $"The S3 server at '{s3.CustomAddress}' ignores {ignored}, so concurrent writers overwrite each other. Use a server "
            + $"that supports conditional writes, or set {settings.NameOf("S3", nameof(S3Options.RequireConditionalWrites))} to false to "
            + "run without the guarantees that depend on them.";
        return options.Value.RequireConditionalWrites ? throw new OperationStoreException(problem) : problem;
    }

    /// <summary>Reads the object that <see cref="RunAsync"/> wrote, unless the lifecycle rule has just deleted it.</summary>
    /// <exception cref="OperationStoreException">Reading is denied, or the server cannot be reached.</exception>
    public Task ReadAsync(CancellationToken cancellationToken) =>
        s3.RequestAsync("read", Key, () => GetAsync(cancellationToken), S3Errors.IsMissingKey, cancellationToken);

    private async Task<GetObjectResponse> GetAsync(CancellationToken cancellationToken)
    {
        using var response = await s3.Client.GetObjectAsync(s3.Bucket, Key, cancellationToken).ConfigureAwait(false);
        return response;
    }

    private async Task<string?> FindIgnoredAsync(CancellationToken cancellationToken)
    {
        var wasWritten = await WriteAsync(IfNoneMatch, cancellationToken).ConfigureAwait(false);
        if (s3.CustomAddress is null)
        {
            return null;
        }

        // The first write may have created the object, and it may have expired before the second.
        var ignoresNoneMatch = wasWritten
            && await WriteAsync(IfNoneMatch, cancellationToken).ConfigureAwait(false)
            && await WriteAsync(IfNoneMatch, cancellationToken).ConfigureAwait(false);
        var ignoresMatch = !_isHonored && await WriteAsync(IfMatch, cancellationToken).ConfigureAwait(false);
        _isHonored = !ignoresNoneMatch && !ignoresMatch;
        return (ignoresNoneMatch, ignoresMatch) switch
        {
            (true, true) => "If-None-Match and If-Match",
            (true, false) => "If-None-Match",
            (false, true) => "If-Match",
            _ => null,
        };
    }

    private static void IfNoneMatch(PutObjectRequest request) => request.IfNoneMatch = "*";

    // Without quotes, because Ceph's gateway compares the value verbatim.
    private static void IfMatch(PutObjectRequest request) => request.IfMatch = _nobodysVersion;

    /// <returns><see langword="true"/> if the object was written; <see langword="false"/> if the condition prevented it.</returns>
    private async Task<bool> WriteAsync(Action<PutObjectRequest> condition, CancellationToken cancellationToken)
    {
        // Empty: if a write is rejected before its body is read, Ceph's gateway treats the body as the next request.
        var request =
            new PutObjectRequest { BucketName = s3.Bucket, Key = Key, InputStream = new MemoryStream(), UseChunkEncoding = false };
        condition(request);
        var (_, refusal) = await s3.RequestAsync(
            "write", Key, () => s3.Client.PutObjectAsync(request, cancellationToken), S3Errors.IsLostRace, cancellationToken)
            .ConfigureAwait(false);
        return refusal is null;
    }
}

/// <summary>
/// Stops the start if the S3 server ignores the conditions of writes. A server that does not respond does not stop it: the health check
/// repeats the test.
/// </summary>
internal sealed class S3ConditionsStart(S3Connection s3, S3WriteProbe probe, TimeProvider time, ILogger<S3ConditionsStart> logger)
    : IHostedService
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Endpoints of AWS support conditions, and a test would slow down cold starts.
        if (s3.CustomAddress is not null && await FindIgnoredAsync(cancellationToken).ConfigureAwait(false) is { } ignored)
        {
            Log.ConditionsIgnored(logger, probe.Explain(ignored));
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string?> FindIgnoredAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await probe.RunAsync(both.Token).ConfigureAwait(false);
        }
        catch (Exception failed)
            when (failed is OperationStoreException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Log.ConditionsUnknown(logger, s3.CustomAddress, failed);
            return null;
        }
    }
}
