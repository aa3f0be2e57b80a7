using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OffloadedPolling;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that control the content of status documents.</summary>
public static class OffloadedPollingBuilderStatusExtensions
{
    /// <summary>
    /// Adds a policy that checks every status document before this host writes it. Policies run in the order in which they were added. Add
    /// the policy in every host that writes documents: an API and a worker write different documents.
    /// </summary>
    /// <typeparam name="TPolicy">The type of the policy. The host creates one instance.</typeparam>
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
