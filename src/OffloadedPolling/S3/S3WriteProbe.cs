using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.S3;

/// <summary>
/// Finds out whether this host may write status documents, and whether the server heeds <c>If-None-Match</c> and <c>If-Match</c>. Some
/// S3-compatible servers accept and ignore them, and then one writer overwrites another.
/// </summary>
internal sealed class S3WriteProbe(S3Connection s3, IOptions<S3Options> options, SettingsSection settings, TimeProvider time)
{
    // A PUT that answers 412 writes nothing, but is billed like one that does. Health checks come every few seconds.
    private static readonly TimeSpan _fresh = TimeSpan.FromMinutes(1);

    private static readonly string _nobodysVersion = new('0', 32);

    private volatile bool _isProved;

    private long _provedAt;

    private volatile bool _isHonored;

    /// <summary>The object that is written. Its name is no status document's, and all hosts write the same content.</summary>
    public string Key => $"{s3.KeyPrefix}conditional-write-probe";

    /// <summary>Whether a server that ignores conditions is refused.</summary>
    public bool IsRequired => options.Value.RequireConditionalWrites;

    /// <summary>Writes the object under conditions that do not hold. AWS's own endpoints are known to heed them.</summary>
    /// <returns>The conditions that the server ignores; <see langword="null"/> if none.</returns>
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

    /// <summary>Says what comes of conditions that are ignored, and what to do.</summary>
    public string Explain(string ignored) =>
        $"The S3 server at '{s3.CustomAddress}' ignores {ignored}, so concurrent writers overwrite each other: use a server that "
        + $"supports conditional writes, or set {settings.NameOf("S3", nameof(S3Options.RequireConditionalWrites))} to false to run "
        + "without "
        + "the guarantees that depend on them.";

    /// <summary>Reads the object, which exists after <see cref="RunAsync"/> unless the lifecycle rule has just deleted it.</summary>
    /// <exception cref="OperationStoreException">Reading is denied, or the server cannot be reached.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await s3.Client.GetObjectAsync(s3.Bucket, Key, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception missing) when (S3Errors.IsMissingKey(missing))
        {
            // Reading is allowed.
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw S3Errors.ToStoreException("read", s3, Key, failed);
        }
    }

    private async Task<string?> FindIgnoredAsync(CancellationToken cancellationToken)
    {
        var wasWritten = await WriteAsync(IfNoneMatch, cancellationToken).ConfigureAwait(false);
        if (s3.CustomAddress is null)
        {
            return null;
        }

        // The first one may have created the object, and its expiry may have come between the first and the second.
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

    // Without quotes: Ceph's gateway compares it as it comes.
    private static void IfMatch(PutObjectRequest request) => request.IfMatch = _nobodysVersion;

    /// <returns>Whether it was written, and not refused because of its condition.</returns>
    private async Task<bool> WriteAsync(Action<PutObjectRequest> condition, CancellationToken cancellationToken)
    {
        // Empty: of a write that is refused before its body is read, Ceph's gateway takes the body for the next request on the connection.
        var request =
            new PutObjectRequest { BucketName = s3.Bucket, Key = Key, InputStream = new MemoryStream(), UseChunkEncoding = false };
        condition(request);
        try
        {
            await s3.Client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception refused) when (S3Errors.IsLostRace(refused))
        {
            return false;
        }
        catch (Exception failed) when (AwsFailure.Is(failed, cancellationToken))
        {
            throw S3Errors.ToStoreException("write", s3, Key, failed);
        }
    }
}
