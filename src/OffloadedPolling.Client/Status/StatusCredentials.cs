using System.Net;
using System.Text.Json;

namespace OffloadedPolling.Client;

/// <summary>
/// What <c>POST /operations/{id}/credentials</c> answers: temporary credentials for one status document, and where that lies. They print
/// themselves without key and token.
/// </summary>
public sealed record StatusCredentials
{
    /// <summary>The operation's id.</summary>
    public required string Id { get; init; }

    /// <summary>The document's object key.</summary>
    public required string StatusKey { get; init; }

    /// <summary>The bucket's name, or an access point's ARN.</summary>
    public required string Bucket { get; init; }

    /// <summary>The region to sign for.</summary>
    public required string Region { get; init; }

    /// <summary>The address of the S3 server; absent on AWS.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Whether the bucket stands in the path of the address instead of its host name.</summary>
    public bool ForcePathStyle { get; init; }

    /// <summary>The access key's id.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>The key to sign with.</summary>
    public required string SecretAccessKey { get; init; }

    /// <summary>Goes with every request.</summary>
    public required string SessionToken { get; init; }

    /// <summary>When the credentials stop working.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>
    /// The header of a request for credentials that names the access key id of those that S3 refused, so that the host does not give them
    /// again.
    /// </summary>
    public const string RefusedHeader = "Refused-Access-Key-Id";

    /// <summary>Creates the request <c>POST /operations/{id}/credentials</c>.</summary>
    /// <param name="address">Its address, absolute or relative to the client's base address.</param>
    /// <param name="refused">The credentials that S3 refused before they expired; <see langword="null"/> if there are none.</param>
    /// <returns>The request, without the caller's own authorization.</returns>
    public static HttpRequestMessage NewRequest(string address, StatusCredentials? refused = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, UriKind.RelativeOrAbsolute));
        if (refused is not null)
        {
            request.Headers.TryAddWithoutValidation(RefusedHeader, refused.AccessKeyId);
        }

        return request;
    }

    /// <summary>Reads the host's answer to <c>POST /operations/{id}/credentials</c>.</summary>
    /// <param name="response">The answer. Not disposed.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The credentials.</returns>
    /// <exception cref="HttpRequestException">The host gives none; the status code says why.</exception>
    /// <exception cref="JsonException">The body holds no credentials.</exception>
    public static async Task<StatusCredentials> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException(
                $"No credentials: the host answers {(int)response.StatusCode} {response.StatusCode}.", null, response.StatusCode);
        }

        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body, OperationJson.Credentials) is { IsWhole: true } read ? read : throw NoCredentials();
        }
        catch (JsonException)
        {
            // Its message may quote the body.
            throw NoCredentials();
        }
    }

    /// <summary>The document and the expiry.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() =>
        $"{nameof(StatusCredentials)} {{ Id = {Id}, Bucket = {Bucket}, AccessKeyId = (withheld), ExpiresAt = {ExpiresAt:O} }}";

    private bool IsWhole =>
        new[] { Id, StatusKey, Bucket, Region, AccessKeyId, SecretAccessKey, SessionToken }.All(text => text.Length > 0)
        && (Endpoint is null || (Uri.TryCreate(Endpoint, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"));

    private static JsonException NoCredentials() =>
        new("The body holds no status credentials. Pass the response of POST /operations/{id}/credentials.");
}
