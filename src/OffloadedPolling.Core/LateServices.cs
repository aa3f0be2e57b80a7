using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Services whose constructor takes a port. They are registered by a factory, into which the container's check at build cannot see: for a
/// port that is missing it would report each of them, and not say which call is missing. <see cref="RegistrationValidator"/> says that.
/// </summary>
internal static class LateServices
{
    public static void TryAddLate<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(this IServiceCollection services)
        where TService : class => services.TryAddLate<TService, TService>();

    public static void TryAddLate<TService, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(
        this IServiceCollection services)
        where TService : class
        where TImplementation : class, TService => services.TryAdd(Late<TService, TImplementation>());

    public static ServiceDescriptor Late<TService, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>()
        where TService : class
        where TImplementation : class, TService =>
        ServiceDescriptor.Singleton<TService, TImplementation>(provider => ActivatorUtilities.CreateInstance<TImplementation>(provider));
}
