using OffloadedPolling.IntegrationTests.EndToEnd;
using OffloadedPolling.IntegrationTests.Servers;

[assembly: AssemblyFixture(typeof(NativeOrders))]

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>samples/Orders compiled ahead of time, once and on first use.</summary>
public sealed class NativeOrders : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orders-native-").FullName;

    private readonly Lazy<Task<string>> _executable;

    public NativeOrders() => _executable = new(() => NativePublish.RunAsync("Orders", _folder));

    public Task<string> ExecutableAsync() => _executable.Value;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
