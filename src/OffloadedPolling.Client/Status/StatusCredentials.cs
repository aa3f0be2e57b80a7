using System.Net;
using System.Text.Json;

namespace OffloadedPolling.Client;

/// <summary>
/// Represents the body that <c>POST /operations/{id}/credentials</c> returns: temporary credentials for one status document, and the
/// document's location. <see cref="ToString"/> omits the keys and the token.
/// </summary>
public sealed record StatusCredentials
{
    /// <summary>Gets the operation's ID.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the object key of the document.</summary>
    public required string StatusKey { get; init; }

    /// <summary>Gets the name of the bucket, or the ARN of an access point.</summary>
    public required string Bucket { get; init; }

    /// <summary>Gets the region to sign for.</summary>
    public required string Region { get; init; }

    /// <summary>Gets the URL of the S3 server; absent on AWS.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Gets a value that indicates whether the bucket is in the path of the URL instead of the host name.</summary>
    public bool ForcePathStyle { get; init; }

    /// <summary>Gets the access key ID.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>Gets the secret access key, which signs requests.</summary>
    public required string SecretAccessKey { get; init; }

    /// <summary>Gets the session token, which every request needs.</summary>
    public required string SessionToken { get; init; }

    /// <summary>Gets the time at which the credentials expire.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>
    /// The name of the request header with the access key ID of credentials that S3 refused, so that the host issues others.
    /// </summary>
    public const string RefusedHeader = "Refused-Access-Key-Id";

    /// <summary>Creates the request <c>POST /operations/{id}/credentials</c>.</summary>
    /// <param name="address">The URL of the request, absolute or relative to the client's base address.</param>
    /// <param name="refused">The credentials that S3 refused before they expired; <see langword="null"/> if there are none.</param>
    /// <returns>The request. It does not contain the caller's authorization.</returns>
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

    /// <summary>Reads the host's response to <c>POST /operations/{id}/credentials</c>.</summary>
    /// <param name="response">The response. It is not disposed.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The credentials.</returns>
    /// <exception cref="HttpRequestException">The host returned another status code than 200.</exception>
    /// <exception cref="JsonException">The body does not contain credentials.</exception>
    public static async Task<StatusCredentials> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException(
                $"The host issued no credentials: it returned {(int)response.StatusCode} {response.StatusCode}.",
                null,
                response.StatusCode);
        }

        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body, OperationJson.Credentials) is { IsWhole: true } read ? read : throw NoCredentials();
        }
        catch (JsonException)
        {
            // The message of the original exception may quote the body.
            throw NoCredentials();
        }
    }

    /// <summary>Returns the ID, the bucket and the expiration, but no keys.</summary>
    /// <returns>A text that is safe to log.</returns>
    public override string ToString() =>
        $"{nameof(StatusCredentials)} {{ Id = {Id}, Bucket = {Bucket}, AccessKeyId = (withheld), ExpiresAt = {ExpiresAt:O} }}";

    private bool IsWhole =>
        new[] { Id, StatusKey, Bucket, Region, AccessKeyId, SecretAccessKey, SessionToken }.All(text => text.Length > 0)
        && (Endpoint is null || (Uri.TryCreate(Endpoint, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"));

    private static JsonException NoCredentials() =>
        new("The body does not contain status credentials. Pass the response of POST /operations/{id}/credentials.");
}
