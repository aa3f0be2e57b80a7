using OffloadedPolling.Accepting;

namespace OffloadedPolling.Tests.Accepting;

public sealed class IdempotencyTests
{
    private const string Payload = """{"To":"Ada"}""";

    [Fact]
    public void Of_KindScopeAndKey_AreWhatDocumentsSay()
    {
        // Both made with Python's hashlib and hmac.
        var idempotency = Of("user größe", "0123456789abcdef", Payload);

        Assert.Equal("765b0450d2d36835676ae30d56db320e", idempotency.OperationId);
        Assert.Equal("b57e643f6b326801b072b734e9011fc74816e781366e28c4e63b219ea58f1971", idempotency.PayloadFingerprint);
    }

    [Fact]
    public void Of_AnotherPayloadOrKey_HasAnotherFingerprint()
    {
        var one = Of("a", "0123456789abcdef", Payload);

        Assert.Equal(one, Of("a", "0123456789abcdef", Payload));
        Assert.NotEqual(one.PayloadFingerprint, Of("a", "0123456789abcdef", Payload + " ").PayloadFingerprint);
        Assert.NotEqual(one.PayloadFingerprint, Of("a", "0123456789abcdeg", Payload).PayloadFingerprint);
    }

    [Fact]
    public void Of_PartsThatJoinToTheSameText_AreDifferentOperations() =>
        Assert.NotEqual(Of("ab", "c123456789abcdef", Payload).OperationId, Of("a", "bc123456789abcdef", Payload).OperationId);

    [Fact]
    public void Of_NoKey_IsNone() => Assert.Null(Idempotency.Of("parcels", Payload, new AcceptOptions { IdempotencyScope = "a" }));

    private static Idempotency Of(string scope, string key, string payload) =>
        Idempotency.Of("parcels", payload, new AcceptOptions { IdempotencyScope = scope, IdempotencyKey = key })!;
}
