using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling;
using OffloadedPolling.Provisioning;
using OffloadedPolling.S3;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the set-up of the bucket.</summary>
public static class OffloadedPollingBuilderProvisioningExtensions
{
    /// <summary>Adds <see cref="StatusBucket"/>, which checks and sets up the bucket for status documents. It changes nothing by itself.</summary>
    /// <param name="builder">The builder, with <c>WithS3()</c>.</param>
    /// <returns>The builder.</returns>
    public static IOffloadedPollingBuilder AddProvisioning(this IOffloadedPollingBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;

        // Once: the binder appends to lists.
        if (!services.Any(service => service.ServiceType == typeof(StatusBucket)))
        {
            services.AddOptions<StatusBucketOptions>()
                .Configure<SettingsSection>((options, settings) =>
                {
                    settings.CheckElements<StatusBucketTransition>($"S3:Bucket:{nameof(StatusBucketOptions.Transitions)}");
                    settings.Read<StatusBucketOptions>("S3:Bucket", section => section.Bind(options));
                })
                .ValidateOnStart();
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StatusBucketOptions>, StatusBucketOptionsValidator>());
        services.TryAddSingleton<BucketDocuments>();
        services.TryAddSingleton<BucketProbe>();
        services.TryAddSingleton(provider => new StatusBucket(
            provider.GetRequiredService<S3Connection>(),
            provider.GetRequiredService<BucketDocuments>(),
            provider.GetRequiredService<BucketProbe>(),
            provider.GetRequiredService<IOptions<S3Options>>(),
            provider.GetRequiredService<IOptions<StatusBucketOptions>>(),
            provider.GetRequiredService<IOptions<OffloadedPollingOptions>>(),
            provider.GetRequiredService<ILogger<StatusBucket>>()));
        return builder;
    }
}
