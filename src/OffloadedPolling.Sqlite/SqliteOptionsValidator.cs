using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqlite;

internal sealed partial class SqliteOptionsValidator : IValidateOptions<SqliteOptions>
{
    // The length of the signatures. A shorter key would be the weakest part. https://www.rfc-editor.org/rfc/rfc2104#section-3
    private const int MinKeyBytes = 32;

    private const string SetBaseUrl = "Set it to the URL at which callers reach this host, such as https://orders.example.com.";

    private const string MakeKey = "Create a key with 'openssl rand -base64 32', or remove the setting.";

    public ValidateOptionsResult Validate(string? name, SqliteOptions options)
    {
        string?[] wrong = 
        [
            WrongWithDataSource(options.DataSource), WrongWithBaseUrl(options.PublicBaseUrl), WrongWithKey(options.SigningKey),
        ];
        var failures = wrong.OfType<string>().ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    // Messages show only paths, because a connection string may contain a password.
    private static string? WrongWithDataSource(string? source) => source switch
    {
        null or "" => "DataSource is empty. Set it to the path of a file, such as 'offloaded-polling.db'.",
        ":memory:" => "DataSource is ':memory:', which is a separate database for each connection. Set it to the path of a file.",
        _ when source.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || ConnectionString().IsMatch(source) =>
            "DataSource is a URI or a connection string. Set it to the path of a file.",
        _ => null,
    };

    private static string? WrongWithBaseUrl(Uri? url) => url switch
    {
        null => null,
        { IsAbsoluteUri: false } =>
            $"PublicBaseUrl is '{WithoutQuery(url)}', which is not an absolute URL. {SetBaseUrl}",
        { UserInfo.Length: > 0 } => "PublicBaseUrl contains a user name, which every caller would see. Remove it.",
        { Scheme: not ("http" or "https") } =>
            $"PublicBaseUrl is '{WithoutQuery(url)}', which is not an http or https URL. {SetBaseUrl}",
        { Query.Length: > 0 } or { Fragment.Length: > 0 } =>
            $"PublicBaseUrl is '{WithoutQuery(url)}' with a query or a fragment. Remove it.",
        _ => null,
    };

    private static string WithoutQuery(Uri url) => url.OriginalString.Split('?', '#')[0];

    // Messages never contain the key. Even an invalid key may be a secret.
    private static string? WrongWithKey(string? key)
    {
        if (key is null)
        {
            return null;
        }

        var bytes = new byte[key.Length];
        if (!Convert.TryFromBase64String(key, bytes, out var length))
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"SigningKey is not Base64; it has {key.Length} characters. {MakeKey}");
        }

        return length >= MinKeyBytes
            ? null
            : string.Create(
                CultureInfo.InvariantCulture, $"SigningKey has {length} bytes; at least {MinKeyBytes} are required. {MakeKey}");
    }

    [GeneratedRegex(@"\A\s*(data\s*source|filename)\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex ConnectionString();
}
