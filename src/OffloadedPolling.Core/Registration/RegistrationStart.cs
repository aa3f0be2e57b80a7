using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Validates the settings and registrations when the host makes its hosted services. <c>ValidateOnStart</c> comes after that, and the
/// hosted services that follow cannot be made while a port is missing.
/// </summary>
internal sealed class RegistrationStart : IHostedService
{
    public RegistrationStart(IStartupValidator validator) => validator.Validate();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
