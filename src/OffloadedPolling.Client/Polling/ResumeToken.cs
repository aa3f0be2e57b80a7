using System.Buffers.Text;
using System.Text.Json;

namespace OffloadedPolling.Client;

/// <summary>The contents of a resume token: JSON in Base64url.</summary>
internal sealed record ResumeToken
{
    public const int CurrentVersion = 1;

    public int Version { get; init; }

    public required string Id { get; init; }

    public string? OperationUrl { get; init; }

    public string? StatusUrl { get; init; }

    public DateTimeOffset? StatusUrlExpiresAt { get; init; }

    /// <summary>Creates a token. It contains the status URL, a credential, only if no operation URL is known.</summary>
    public static string Create(WatchedOperation operation)
    {
        var canRenew = operation.OperationUrl is not null;
        var token = new ResumeToken
        {
            Version = CurrentVersion,
            Id = operation.Id,
            OperationUrl = operation.OperationUrl?.OriginalString,
            StatusUrl = canRenew ? null : operation.StatusUrl?.OriginalString,
            StatusUrlExpiresAt = canRenew ? null : operation.StatusUrlExpiresAt,
        };
        return Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(token, OperationJsonContext.Default.ResumeToken));
    }

    /// <summary>Creates a token that is not a credential; <see langword="null"/> if no operation URL is known.</summary>
    public static string? WithoutCredential(WatchedOperation operation) => operation.OperationUrl is null ? null : Create(operation);

    /// <exception cref="FormatException">The text is not a resume token. The message does not contain it.</exception>
    public static ResumeToken Parse(string text)
    {
        byte[] json;
        try
        {
            json = Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            throw Wrong("it is not Base64url");
        }

        ResumeToken? token;
        try
        {
            token = JsonSerializer.Deserialize(json, OperationJsonContext.Default.ResumeToken);
        }
        catch (JsonException)
        {
            throw Wrong("it is incomplete, or was not created as a resume token");
        }

        return token switch
        {
            null or { Id: null or "" } => throw Wrong("it has no operation ID"),
            { Version: not CurrentVersion and var other } =>
                throw Wrong($"it has version {other}, and this library supports version {CurrentVersion}"),
            _ when HttpUrl.Parse(token.OperationUrl ?? token.StatusUrl) is null => throw Wrong("it has no absolute http or https URL"),
            _ => token,
        };
    }

    /// <summary>Returns only the operation's ID, because the rest may be a credential.</summary>
    public override string ToString() => $"{nameof(ResumeToken)} {{ Id = {Id} }}";

    private static FormatException Wrong(string why) =>
        new($"The resume token is not valid: {why}. Pass the token from {nameof(OperationPoller.GetResumeToken)} unchanged.");
}
