using System.Diagnostics;
using OffloadedPolling.S3;
using OffloadedPolling.Sqlite;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Secrecy;

/// <summary>Checks that types with a status URL, a key or a token do not show it in ToString or in a debugger.</summary>
public sealed class SecretHoldersTests
{
    private static readonly List<Type> _holders = [.. Library.Assemblies.SelectMany(SecretHolders.In)];

    [Fact]
    public void TypesWithSecret_AreFound() => new HashSet<Type>
        {
            typeof(AcceptedOperation), typeof(StatusUrl), typeof(ResumeToken), typeof(WatchedOperation), typeof(RenewedUrl),
            typeof(SqliteOptions),
            typeof(SigningCredentials), typeof(SqliteDatabase.Opened), typeof(OperationUnavailableException),
            typeof(OperationTimeoutException),
        }.Should().BeSubsetOf(_holders.ToHashSet());

    [Fact]
    public void TypesWithSecret_DoNotPrintIt() => _holders.Where(SecretHolders.Prints).Should().BeEmpty();

    [Theory]
    [InlineData(typeof(PrintsItsUrl))]
    [InlineData(typeof(PrintsItsAddress))]
    [InlineData(typeof(PrintsItsToken))]
    [InlineData(typeof(PrintsItsKey))]
    [InlineData(typeof(ShowsItsKeyInDebugger))]
    [InlineData(typeof(InheritsItsKey))]
    public void TypePrintingItsSecret_IsFound(Type type)
    {
        SecretHolders.In(GetType().Assembly).Should().Contain(type);
        SecretHolders.Prints(type).Should().BeTrue();
    }

    private sealed record PrintsItsUrl(string StatusUrl);

    private sealed record PrintsItsAddress(Uri Url);

    private readonly record struct PrintsItsToken(string Token);

    private sealed record PrintsItsKey(byte[] SigningKey);

    [DebuggerDisplay("{SigningKey}")]
    private sealed class ShowsItsKeyInDebugger(string signingKey)
    {
        public string SigningKey { get; } = signingKey;
    }

    private record Base(string SecretKey);

    private sealed record InheritsItsKey(string SecretKey) : Base(SecretKey);
}
