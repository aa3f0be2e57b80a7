using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OffloadedPolling;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods for providers, which are packages that implement the ports.</summary>
public static class OffloadedPollingBuilderProviderExtensions
{
    private const DynamicallyAccessedMemberTypes Bound =
        DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor;

    /// <summary>
    /// Adds the settings section of a provider, such as <c>OffloadedPolling:Redis</c>. A wrong, missing or unknown setting stops the host
    /// at start with a message that names it. A second call with the same name adds nothing.
    /// </summary>
    /// <typeparam name="TOptions">The options type. Its public properties are the settings; any other key is an error.</typeparam>
    /// <typeparam name="TValidator">
    /// The validator type, for example one that <see cref="OptionsValidatorAttribute"/> generates. Each failure begins with the property's
    /// name: <c>Server is missing. Set it to …</c>. The full name of the section is added before it.
    /// </typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="name">
    /// The section's name, such as <c>Redis</c>, within the section that was passed to <c>AddOffloadedPolling</c>.
    /// </param>
    /// <param name="bind">
    /// Binds the section. The configuration binding source generator must see the call: <c>(options, section) => section.Bind(options)</c>.
    /// It is not called if the host passed no configuration.
    /// </param>
    /// <returns>The options builder, to configure the options from code.</returns>
    public static OptionsBuilder<TOptions> AddSettingsSection<
        [DynamicallyAccessedMembers(Bound)] TOptions,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TValidator>(
        this IOffloadedPollingBuilder builder, string name, Action<TOptions, IConfigurationSection> bind)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(bind);
        return builder.Services.AddSettings<TOptions, TValidator>(
            name, (options, section) => bind(options, (IConfigurationSection)section));
    }

    /// <summary>
    /// Adds the route on which the host serves status documents that callers cannot reach otherwise. <c>MapOperations</c> maps the route. A
    /// web host that accepts operations fails at start if it does not call <c>MapOperations</c>.
    /// </summary>
    /// <typeparam name="TRoute">The type of the route. It is ignored if the host registered another one.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static IOffloadedPollingBuilder AddSignedStatusRoute<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TRoute>(this IOffloadedPollingBuilder builder)
        where TRoute : class, ISignedStatusRoute
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<ISignedStatusRoute, TRoute>();

        // A web host needs two more services. They are in OffloadedPolling.AspNetCore, which this package does not reference, because a
        // worker needs no web server. That package is first called by MapOperations, which is too late to add services, and a host that
        // forgets this call must not start. So it is found by its name, which also works when the host is trimmed.
        if (Type.GetType("OffloadedPolling.AspNetCore.SelfServedStatus, OffloadedPolling.AspNetCore") is { } webPart)
        {
            ((IWebPart)Activator.CreateInstance(webPart)!).AddTo(builder.Services);
        }

        return builder;
    }

    /// <summary>Adds a section or, with a name, one of several sections of the same type: <c>Operations:{name}</c>.</summary>
    internal static OptionsBuilder<TOptions> AddSettings<
        [DynamicallyAccessedMembers(Bound)] TOptions,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TValidator>(
        this IServiceCollection services, string section, Action<TOptions, IConfiguration> bind, string name = "")
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        var known = new KnownSection(SettingsSection.Join(section, name));
        var options = services.AddOptions<TOptions>(name).ValidateOnStart();
        services.AddSettingsValidator<TOptions, TValidator>(section);

        // Only once, because the binder appends to lists.
        if (services.Any(service => service.ServiceType == typeof(KnownSection) && known.Equals(service.ImplementationInstance)))
        {
            return options;
        }

        services.AddSingleton(known);
        return options.Configure<SettingsSection>((bound, settings) => settings.Read(known.Name, bound, bind));
    }

    /// <summary>Adds a validator of a section. Its failures begin with the property's name.</summary>
    internal static void AddSettingsValidator<
        TOptions,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TValidator>(
        this IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions> =>
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, SectionValidator<TOptions, TValidator>>(
            provider => new(
                provider.GetRequiredService<SettingsSection>(), section, ActivatorUtilities.CreateInstance<TValidator>(provider))));

    /// <summary>Adds the full name of the section before each failure of its validator.</summary>
    private sealed class SectionValidator<TOptions, TValidator>(SettingsSection settings, string section, TValidator validator)
        : IValidateOptions<TOptions>
        where TOptions : class
        where TValidator : IValidateOptions<TOptions>
    {
        public ValidateOptionsResult Validate(string? name, TOptions options) => validator.Validate(name, options) is { Failed: true } wrong
            ? ValidateOptionsResult.Fail(wrong.Failures.Select(failure => settings.NameOf(section, name, failure)))
            : ValidateOptionsResult.Success;
    }
}

/// <summary>Adds the services that a web host needs to serve status documents itself.</summary>
internal interface IWebPart
{
    void AddTo(IServiceCollection services);
}
