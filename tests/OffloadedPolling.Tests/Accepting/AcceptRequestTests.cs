using OffloadedPolling.Accepting;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

public sealed class AcceptRequestTests
{
    private static readonly OperationKind<Parcel> _kind = TestKinds.Create();

    [Fact]
    public void Create_WithKey_MatchesDocumentedIdAndFingerprint()
    {
        // Both values were computed with Python's hashlib and hmac.
        AcceptRequest.FingerprintOf("0123456789abcdef", """{"To":"Ada"}""").Should()
            .Be("b57e643f6b326801b072b734e9011fc74816e781366e28c4e63b219ea58f1971");
        Create("user größe", "0123456789abcdef").Id.Should().Be("765b0450d2d36835676ae30d56db320e");
    }

    [Fact]
    public void Create_SameKeyAndPayload_ReturnsEqualRequest()
    {
        var first = Create("a", "0123456789abcdef");

        Create("a", "0123456789abcdef").Should().BeEquivalentTo(first, compared => compared.Excluding(request => request.Options));
        first.IsRepeatable.Should().BeTrue();
        first.PayloadFingerprint.Should().Be(AcceptRequest.FingerprintOf("0123456789abcdef", first.Payload));
    }

    [Fact]
    public void Create_DifferentPayloadOrKey_ChangesFingerprint()
    {
        var first = Create("a", "0123456789abcdef");

        Create("a", "0123456789abcdef", "Bob").PayloadFingerprint.Should().NotBe(first.PayloadFingerprint);
        Create("a", "0123456789abcdeg").PayloadFingerprint.Should().NotBe(first.PayloadFingerprint);
    }

    [Fact]
    public void Create_ScopeAndKeySplitDifferently_IdsDiffer() =>
        Create("ab", "c123456789abcdef").Id.Should().NotBe(Create("a", "bc123456789abcdef").Id);

    [Fact]
    public void Create_WithoutKey_IdIsRandomAndNotRepeatable()
    {
        var options = new AcceptOptions { IdempotencyScope = "a" };
        var first = AcceptRequest.Create(_kind, new Parcel("Ada"), options);

        first.IsRepeatable.Should().BeFalse();
        first.PayloadFingerprint.Should().BeNull();
        OperationId.IsValid(first.Id).Should().BeTrue();
        AcceptRequest.Create(_kind, new Parcel("Ada"), options).Id.Should().NotBe(first.Id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Create_KeyWithoutScope_Throws(string? scope) =>
        FluentActions.Invoking(() => Create(scope, "0123456789abcdef"))
            .Should().Throw<ArgumentException>().WithMessage("*IdempotencyScope*");

    [Fact]
    public void Create_ShortKey_Throws() =>
        FluentActions.Invoking(() => Create("a", "0123456789abcde"))
            .Should().Throw<InvalidIdempotencyKeyException>().Which.Length.Should().Be(15);

    private static AcceptRequest Create(string? scope, string key, string to = "Ada") =>
        AcceptRequest.Create(_kind, new Parcel(to), new AcceptOptions { IdempotencyScope = scope, IdempotencyKey = key });
}
