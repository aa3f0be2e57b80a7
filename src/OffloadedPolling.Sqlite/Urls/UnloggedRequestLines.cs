using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// Keeps status URLs out of the host's log. At Information, ASP.NET Core logs each request twice with its complete URL. These entries are
/// omitted for every logger, unless the host configures their category.
/// </summary>
internal sealed class UnloggedRequestLines : IPostConfigureOptions<LoggerFilterOptions>
{
    private const string Category = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        if (options.Rules.Any(rule => string.Equals(rule.CategoryName, Category, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        // One rule for each logger that has its own rules, because those override a rule for all loggers.
        foreach (var logger in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
        {
            options.Rules.Add(new LoggerFilterRule(logger, Category, LogLevel.Warning, null));
        }
    }
}
