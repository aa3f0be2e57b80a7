using Microsoft.Extensions.Options;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>The kind's settings.</summary>
internal sealed class ModelSettings(int? maxAttempts) : IOptionsMonitor<OperationOptions>
{
    public OperationOptions CurrentValue { get; } = new() { MaxAttempts = maxAttempts };

    public OperationOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<OperationOptions, string?> listener) => null;
}
