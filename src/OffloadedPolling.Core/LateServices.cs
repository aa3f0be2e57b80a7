using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Services whose constructor takes a port. They are registered by a factory, into which the container's check at build cannot see: for a
/// port that is missing it would report each of them, and not say which call is missing. <see cref="RegistrationValidator"/> says that.
/// </summary>
internal static class LateServices
{
    private const DynamicallyAccessedMemberTypes Made = DynamicallyAccessedMemberTypes.PublicConstructors;

    public static void TryAddLate<[DynamicallyAccessedMembers(Made)] TService>(this IServiceCollection services)
        where TService : class => services.TryAddLate<TService, TService>();

    public static void TryAddLate<TService, [DynamicallyAccessedMembers(Made)] TImplementation>(this IServiceCollection services)
        where TService : class
        where TImplementation : class, TService =>
        services.TryAddSingleton<TService>(provider => ActivatorUtilities.CreateInstance<TImplementation>(provider));
}
