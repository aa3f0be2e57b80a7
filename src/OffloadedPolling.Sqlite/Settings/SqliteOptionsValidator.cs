using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

internal sealed partial class SqliteOptionsValidator(SettingsSection settings) : IValidateOptions<SqliteOptions>
{
    // As long as the signatures: a shorter key would be the weakest part. https://www.rfc-editor.org/rfc/rfc2104#section-3
    private const int MinKeyBytes = 32;

    public ValidateOptionsResult Validate(string? name, SqliteOptions options)
    {
        var errors = new SettingErrors(settings, "Sqlite:");
        if (WrongWithDataSource(options.DataSource) is { } wrongSource)
        {
            errors.Add(nameof(options.DataSource), wrongSource);
        }

        if (options.PublicBaseUrl is { } url && WrongWithBaseUrl(url) is { } wrongUrl)
        {
            errors.Add(nameof(options.PublicBaseUrl), wrongUrl);
        }

        if (options.SigningKey is { } key && WrongWithKey(key) is { } wrongKey)
        {
            errors.Add(nameof(options.SigningKey), wrongKey);
        }

        return errors.ToResult();
    }

    // What is no path is in no message: a connection string may hold a password.
    private static string? WrongWithDataSource(string? source) => source switch
    {
        null or "" => "is empty. Set it to the path of a file, such as 'offloaded-polling.db'.",
        ":memory:" => "is ':memory:', which every connection would have for itself. Set it to the path of a file.",
        _ when source.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || ConnectionString().IsMatch(source) =>
            "is a URI or a connection string. Set it to the path of a file alone.",
        _ => null,
    };

    private static string? WrongWithBaseUrl(Uri url) => url switch
    {
        { IsAbsoluteUri: false } =>
            $"is '{WithoutQuery(url)}', which is no absolute URL. Set it to what callers reach this host by, such as https://orders.example.com.",
        { UserInfo.Length: > 0 } => "has a user name in it, which every caller would see. Remove it.",
        { Scheme: not ("http" or "https") } =>
            $"is '{WithoutQuery(url)}', which is no URL of http or https. Set it to what callers reach this host by, such as https://orders.example.com.",
        { Query.Length: > 0 } or { Fragment.Length: > 0 } => $"is '{WithoutQuery(url)}' with a query or a fragment. Remove it.",
        _ => null,
    };

    private static string WithoutQuery(Uri url) => url.OriginalString.Split('?', '#')[0];

    // The key itself is in no message: it is a secret, a wrong one probably too.
    private static string? WrongWithKey(string key)
    {
        var bytes = new byte[key.Length];
        if (!Convert.TryFromBase64String(key, bytes, out var length))
        {
            return string.Create(CultureInfo.InvariantCulture, $"has {key.Length} characters that are no Base64. Make one with 'openssl rand -base64 32', or leave it out.");
        }

        return length >= MinKeyBytes
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"has {length} bytes, and needs at least {MinKeyBytes}. Make one with 'openssl rand -base64 32', or leave it out.");
    }

    [GeneratedRegex(@"\A\s*(data\s*source|filename)\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex ConnectionString();
}
