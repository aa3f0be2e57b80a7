using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

/// <summary>
/// Keeps status URLs out of the host's log: at Information, ASP.NET Core writes two lines about each request, with its whole URL. They are
/// left out for every logger, unless the host names their category itself.
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

        // One for each logger that has rules of its own, which would win over a rule for all.
        foreach (var logger in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
        {
            options.Rules.Add(new LoggerFilterRule(logger, Category, LogLevel.Warning, null));
        }
    }
}
