using System.Buffers.Text;
using System.Text.Json;

namespace OffloadedPolling.Client;

/// <summary>What survives a process: where an operation is to be found again. Base64url of JSON.</summary>
internal sealed record ResumeToken
{
    public const int CurrentVersion = 1;

    public int Version { get; init; }

    public required string Id { get; init; }

    public string? OperationUrl { get; init; }

    public string? StatusUrl { get; init; }

    public DateTimeOffset? StatusUrlExpiresAt { get; init; }

    /// <summary>A token without the status URL, which is a credential, wherever the operation can be found without it.</summary>
    public static string Of(WatchedOperation operation)
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

    /// <summary>A token that is no credential; <see langword="null"/> where the operation is not to be found without one.</summary>
    public static string? WithoutCredential(WatchedOperation operation) => operation.OperationUrl is null ? null : Of(operation);

    /// <exception cref="FormatException">It is no token. The message does not hold it.</exception>
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
            { Version: not CurrentVersion } => throw Wrong($"it is of version {token.Version}, and this library reads version {CurrentVersion}"),
            _ when HttpUrl.Parse(token.OperationUrl ?? token.StatusUrl) is null => throw Wrong("it holds no absolute http or https URL"),
            _ => token,
        };
    }

    /// <summary>The operation's id alone: the rest may be a credential.</summary>
    public override string ToString() => $"{nameof(ResumeToken)} {{ Id = {Id} }}";

    private static FormatException Wrong(string why) =>
        new($"This is no resume token: {why}. Pass the text that {nameof(OperationPoller.GetResumeToken)} returned, unchanged.");
}
