using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OffloadedPolling;
using OffloadedPolling.Accepting;
using OffloadedPolling.Diagnostics;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Warns at the start of settings that belong to no kind of this host. No error: hosts with other kinds may share one configuration.
/// </summary>
internal sealed class UnknownKindSettings(SettingsSection settings, OperationKinds kinds, ILogger<UnknownKindSettings> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var known = kinds.All.Select(kind => kind.Name).ToList();
        foreach (var unknown in settings.SectionsOf("Operations").Except(known, StringComparer.OrdinalIgnoreCase))
        {
            Log.SettingsOfUnknownKind(logger, settings.NameOf($"Operations:{unknown}"), string.Join(", ", known));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
