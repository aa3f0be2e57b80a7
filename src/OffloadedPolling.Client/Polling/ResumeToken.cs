using System.Buffers.Text;
using System.Text.Json;

namespace OffloadedPolling.Client;

/// <summary>What a process leaves to the next one: where an operation is found. Base64url of JSON.</summary>
internal sealed record ResumeToken
{
    public const int CurrentVersion = 1;

    public int Version { get; init; }

    public required string Id { get; init; }

    public string? OperationUrl { get; init; }

    public string? StatusUrl { get; init; }

    public DateTimeOffset? StatusUrlExpiresAt { get; init; }

    /// <summary>Creates a token. It holds the status URL, a credential, only if the operation cannot be found without it.</summary>
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

    /// <summary>Creates a token that is not a credential; <see langword="null"/> if the operation cannot be found without one.</summary>
    public static string? WithoutCredential(WatchedOperation operation) => operation.OperationUrl is null ? null : Create(operation);

    /// <exception cref="FormatException">The text is not a token. The message does not hold it.</exception>
    public static ResumeToken Parse(string text)
    {
        byte[] json;
        try
        {
            json = Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            throw Wrong("it is no base64url");
        }

        ResumeToken? token;
        try
        {
            token = JsonSerializer.Deserialize(json, OperationJsonContext.Default.ResumeToken);
        }
        catch (JsonException)
        {
            throw Wrong("it is cut off, or something else");
        }

        return token switch
        {
            null or { Id: null or "" } => throw Wrong("it names no operation"),
            { Version: not CurrentVersion and var other } =>
                throw Wrong($"it is of version {other}, and this library reads version {CurrentVersion}"),
            _ when HttpUrl.Parse(token.OperationUrl ?? token.StatusUrl) is null => throw Wrong("it holds no absolute http or https URL"),
            _ => token,
        };
    }

    /// <summary>Returns the operation's id; the rest may be a credential.</summary>
    public override string ToString() => $"{nameof(ResumeToken)} {{ Id = {Id} }}";

    private static FormatException Wrong(string why) =>
        new($"This is no resume token: {why}. Pass the text that {nameof(OperationPoller.GetResumeToken)} returned, unchanged.");
}
