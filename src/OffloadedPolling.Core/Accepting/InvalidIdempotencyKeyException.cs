namespace OffloadedPolling;

/// <summary>An idempotency key is too short to be nobody else's. The operation was not accepted.</summary>
public sealed class InvalidIdempotencyKeyException : OffloadedPollingException
{
    /// <summary>The fewest characters that a key may have.</summary>
    public const int MinLength = 16;

    /// <summary>Creates the exception.</summary>
    /// <param name="length">How many characters the key has.</param>
    public InvalidIdempotencyKeyException(int length)
        : base(
            $"An idempotency key of {length} characters is too short to be nobody else's: {MinLength} are the fewest. Use a UUID.", null) =>
        Length = length;

    /// <summary>How many characters the key has.</summary>
    public int Length { get; }
}
