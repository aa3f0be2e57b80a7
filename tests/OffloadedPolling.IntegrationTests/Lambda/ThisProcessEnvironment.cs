namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>Sets environment variables of the test process until disposed. No other test runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ThisProcessEnvironment : IDisposable
{
    internal const string Name = "this process's environment";

    private readonly Dictionary<string, string?> _before = [];

    internal ThisProcessEnvironment(IEnumerable<KeyValuePair<string, string>> variables)
    {
        foreach (var (name, value) in variables)
        {
            _before[name] = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
