using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Accepting;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Processing;

/// <summary>
/// Logs at the start which kinds have no handler here, and which settings belong to no kind of this host. Neither is an error: another
/// process may do the work, and hosts with other kinds may share one configuration.
/// </summary>
internal sealed class KindsStart(
    SettingsSection settings, OperationKinds kinds, IEnumerable<HandlerInvoker> invokers, ILogger<KindsStart> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var known = kinds.All.Select(kind => kind.Name).ToList();
        foreach (var unknown in settings.SectionsOf("Operations").Except(known, StringComparer.OrdinalIgnoreCase))
        {
            Log.SettingsOfUnknownKind(logger, settings.NameOf("Operations", unknown), string.Join(", ", known));
        }

        foreach (var accepted in known.Except(invokers.Select(invoker => invoker.Kind.Name)))
        {
            Log.KindWithoutHandler(logger, accepted);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
