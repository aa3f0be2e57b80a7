using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Accepting;
using OffloadedPolling.Processing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Checks that what was registered is whole: every port, no kind twice, and JSON for every payload and result.</summary>
internal sealed class RegistrationValidator(IServiceProviderIsService registered, OperationKinds kinds, IEnumerable<HandlerInvoker> runners)
    : IValidateOptions<OffloadedPollingOptions>
{
    public ValidateOptionsResult Validate(string? name, OffloadedPollingOptions options)
    {
        var errors = new List<string>();
        if (Ports().All(port => !registered.IsService(port.Type)))
        {
            errors.Add("No status store and no queue are registered. Call .WithS3() and .WithSqs() (on AWS), or .WithSqlite() (on one machine), after AddOffloadedPolling.");
        }
        else
        {
            errors.AddRange(Ports().Where(port => !registered.IsService(port.Type)).GroupBy(port => port.Call, port => port.Type.Name).Select(missing =>
                $"{string.Join(" and ", missing)}: not registered. Call .{missing.Key} (on AWS) or .WithSqlite() (on one machine) after AddOffloadedPolling, or register your own."));
        }

        if (kinds.All.Count == 0)
        {
            errors.Add("No operation kind was added. Call .AddOperation<TPayload>(\"name\") after AddOffloadedPolling.");
        }

        errors.AddRange(kinds.All.GroupBy(kind => kind.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
            .Select(group => $"The operation kind '{group.Key}' was added {group.Count()} times. Give each kind a name of its own."));
        errors.AddRange(kinds.All.GroupBy(kind => kind.PayloadType).Where(group => group.Count() > 1)
            .Select(group => $"The payload type {group.Key} was added for the kinds {string.Join(", ", group.Select(kind => $"'{kind.Name}'"))}. Give each kind a payload type of its own."));
        errors.AddRange(runners.GroupBy(runner => runner.Kind.Name).Where(group => group.Count() > 1)
            .Select(group => $"The operation kind '{group.Key}' has {group.Count()} handlers. Add one."));
        errors.AddRange(runners.Where(runner => !runner.Kind.Json.TryGetTypeInfo(runner.ResultType, out _))
            .Select(runner => $"The JsonSerializerContext of the operation kind '{runner.Kind.Name}' does not know its handler's result {runner.ResultType}. Add [JsonSerializable(typeof({runner.ResultType.Name}))] to it."));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static (Type Type, string Call)[] Ports() =>
    [
        (typeof(IOperationStatusStore), "WithS3()"),
        (typeof(IPresignedUrlIssuer), "WithS3()"),
        (typeof(IOperationQueue), "WithSqs()"),
    ];
}
