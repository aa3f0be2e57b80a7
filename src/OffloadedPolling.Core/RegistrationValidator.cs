using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Accepting;
using OffloadedPolling.Processing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Checks that the registrations are complete: every port, no duplicate kind, and JSON for every payload and result.</summary>
internal sealed class RegistrationValidator(
    IServiceProviderIsService registered, OperationKinds kinds, IEnumerable<HandlerInvoker> invokers)
    : IValidateOptions<OffloadedPollingOptions>
{
    private const string NoKind = "No operation kind was added. Call .AddOperation<TPayload>(\"name\") after AddOffloadedPolling.";

    private static readonly (Type Type, string Call)[] _ports =
    [
        (typeof(IOperationStatusStore), "WithS3()"),
        (typeof(IPresignedUrlIssuer), "WithS3()"),
        (typeof(IOperationQueue), "WithSqs()"),
    ];

    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options) =>
        MissingPorts().Concat(WrongKinds()).Concat(WrongHandlers()).ToResult();

    private IEnumerable<string> MissingPorts()
    {
        var missing = _ports.Where(port => !registered.IsService(port.Type)).ToList();
        return missing.Count == _ports.Length
            ? ["No status store and no queue are registered. "
                + "Call .WithS3() and .WithSqs() (on AWS), or .WithSqlite() (on one machine), after AddOffloadedPolling."]
            : missing.GroupBy(port => port.Call, port => port.Type.Name).Select(ports => $"{string.Join(" and ", ports)}: not registered. "
                + $"Call .{ports.Key} (on AWS) or .WithSqlite() (on one machine) after AddOffloadedPolling, or register your own.");
    }

    private IEnumerable<string> WrongKinds() =>
    [
        .. kinds.All.Count > 0 ? Enumerable.Empty<string>() : [NoKind],
        .. kinds.All.GroupBy(kind => kind.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)
            .Select(same => $"The operation kind '{same.Key}' was added {same.Count()} times. Give each kind a name of its own."),
        .. kinds.All.GroupBy(kind => kind.PayloadType, kind => $"'{kind.Name}'").Where(same => same.Count() > 1).Select(same =>
            $"The payload type {same.Key} was added for the kinds {string.Join(", ", same)}. Give each kind a payload type of its own."),
    ];

    private IEnumerable<string> WrongHandlers() =>
    [
        .. invokers.GroupBy(invoker => invoker.Kind.Name).Where(same => same.Count() > 1)
            .Select(same => $"The operation kind '{same.Key}' has {same.Count()} handlers; only one is allowed. "
                + "Remove the other AddHandler calls."),
        .. invokers.Where(invoker => !invoker.Kind.Json.TryGetTypeInfo(invoker.ResultType, out _)).Select(invoker =>
            $"The JsonSerializerContext of the operation kind '{invoker.Kind.Name}' does not contain the result type "
            + $"{invoker.ResultType} of its handler. Add [JsonSerializable(typeof({invoker.ResultType.Name}))] to it."),
    ];
}

/// <summary>
/// Validates settings and registrations when the host creates its hosted services. <c>ValidateOnStart</c> would be too late: the other
/// hosted services cannot be created while a port is missing.
/// </summary>
internal sealed class RegistrationStart : IHostedService
{
    public RegistrationStart(IStartupValidator validator) => validator.Validate();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
