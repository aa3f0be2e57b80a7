using System.Net;

namespace OffloadedPolling.Client;

/// <summary>What came of one request: an answer, read to its end, or a fault.</summary>
internal sealed class HttpAnswer
{
    /// <summary>What was answered; <see langword="null"/> if nothing was.</summary>
    public HttpStatusCode? Code { get; init; }

    /// <summary>Why there is no answer, in words without a URL.</summary>
    public string? Fault { get; init; }

    public byte[] Body { get; init; } = [];

    public DateTimeOffset? Date { get; init; }

    /// <summary>As it was sent: some servers leave the quotes out.</summary>
    public string? ETag { get; init; }

    /// <summary>What a 429 or a 503 asks for.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same request may well succeed later.</summary>
    public bool IsPassing => Code is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>What to say of it.</summary>
    public override string ToString() => Fault ?? $"{(int)Code!} {Code}";
}
