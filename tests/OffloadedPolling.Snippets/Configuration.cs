using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Snippets;

internal static class Configuration
{
    public static void AddSection(IOffloadedPollingBuilder builder)
    {
        builder.AddSettingsSection<RedisOptions, RedisOptionsValidator>("Redis", (options, section) => section.Bind(options));
    }
}

internal sealed class RedisOptions
{
    [Range(0, 15)]
    public int Database { get; set; }
}

[OptionsValidator]
internal sealed partial class RedisOptionsValidator : IValidateOptions<RedisOptions>;
