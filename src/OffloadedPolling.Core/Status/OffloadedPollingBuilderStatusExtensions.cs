using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OffloadedPolling;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Says what may be in status documents.</summary>
public static class OffloadedPollingBuilderStatusExtensions
{
    /// <summary>
    /// Adds a policy that sees every status document before this host writes it, after the policies that were added before. Add it in every
    /// host that writes documents: an API writes other ones than a worker.
    /// </summary>
    /// <typeparam name="TPolicy">The policy. There is one instance of it in the host.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static IOffloadedPollingBuilder AddStatusDocumentPolicy<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>(this IOffloadedPollingBuilder builder)
        where TPolicy : class, IStatusDocumentPolicy
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IStatusDocumentPolicy, TPolicy>());
        return builder;
    }
}
