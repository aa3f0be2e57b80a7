using System.Diagnostics;
using OffloadedPolling.S3;
using OffloadedPolling.Sqlite;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Secrecy;

/// <summary>That whatever holds a status URL, a key or a token prints itself without it, by ToString and in a debugger.</summary>
public sealed class SecretHoldersTests
{
    private static readonly List<Type> _holders = [.. Library.Assemblies.SelectMany(SecretHolders.In)];

    [Fact]
    public void TypesWithASecret_AreFound() => Assert.Subset(
        _holders.ToHashSet(), new HashSet<Type>
        {
            typeof(AcceptedOperation), typeof(StatusUrl), typeof(ResumeToken), typeof(WatchedOperation), typeof(RenewedUrl), typeof(SqliteOptions),
            typeof(SigningCredentials), typeof(SqliteDatabase.Opened), typeof(OperationUnavailableException), typeof(OperationTimeoutException),
        });

    [Fact]
    public void TypesWithASecret_DoNotPrintIt() => Assert.DoesNotContain(_holders, SecretHolders.Prints);

    [Theory]
    [InlineData(typeof(PrintsItsUrl))]
    [InlineData(typeof(PrintsItsAddress))]
    [InlineData(typeof(PrintsItsToken))]
    [InlineData(typeof(SaysThatItHasAKey))]
    [InlineData(typeof(ShowsItToADebugger))]
    [InlineData(typeof(InheritsIt))]
    public void ATypeThatPrintsASecret_IsFound(Type type)
    {
        Assert.Contains(type, SecretHolders.In(GetType().Assembly));
        Assert.True(SecretHolders.Prints(type));
    }

    private sealed record PrintsItsUrl(string StatusUrl);

    private sealed record PrintsItsAddress(Uri Url);

    private readonly record struct PrintsItsToken(string Token);

    private sealed record SaysThatItHasAKey(byte[] SigningKey);

    [DebuggerDisplay("{SigningKey}")]
    private sealed class ShowsItToADebugger(string signingKey)
    {
        public string SigningKey { get; } = signingKey;
    }

    private record Base(string SecretKey);

    private sealed record InheritsIt(string SecretKey) : Base(SecretKey);
}
