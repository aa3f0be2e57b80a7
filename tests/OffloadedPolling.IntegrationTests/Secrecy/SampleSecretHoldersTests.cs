using System.Reflection;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.Secrecy;

/// <summary>That what the samples make to hold a status URL, a key or a token prints itself without it.</summary>
public sealed class SampleSecretHoldersTests
{
    [Theory]
    [InlineData("OrdersDll")]
    [InlineData("OrderClientDll")]
    public void ToString_TypeHoldsSecret_DoesNotPrintIt(string sample)
    {
        var path = GetType().Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == sample).Value!;

        SecretHolders.In(Assembly.LoadFrom(path)).Where(SecretHolders.Prints).Should().BeEmpty();
    }
}
