using System.Reflection;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.Secrecy;

/// <summary>Tests that the samples' types that hold a status URL, a key, or a token do not print it.</summary>
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
