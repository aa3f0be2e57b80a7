using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Fuzzing;

/// <summary>Checks that mistyped settings are read as written or stop the start with an error that names them.</summary>
public sealed class FuzzedSettingsTests
{
    private static readonly string[] _durations = [
        "00:05:00", "01:00:00", "00:00:01", "7.00:00:00", "00:00:30", "30", "-00:00:01", "00:00:00", "1.00:00:00", "365.00:00:00"];

    /// <summary>
    /// Values to alter, and a check of which values are valid. The checks are based on the documentation, not on the validators.
    /// </summary>
    private static readonly (string Key, string[] Values, Func<string, bool> IsValid)[] _settings =
    [
        ("UrlLifetime", _durations, text => IsDuration(text, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7))),
        ("MaxUrlLifetime", _durations, text => IsDuration(text, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7))),
        ("UnknownCredentialLifetime", _durations, text => IsDuration(text, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7))),
        ("Retention", _durations, text => IsDuration(text, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365))),
        ("MinProgressInterval", _durations, text => IsDuration(text, TimeSpan.Zero, TimeSpan.FromHours(1))),
        ("ShutdownTimeout", _durations, text => IsDuration(text, TimeSpan.Zero, TimeSpan.FromHours(1))),
        ("MaxDocumentBytes", ["16384", "1024", "1048576", "1023", "16 KiB"], text => IsNumber(text, 1024, 1_048_576)),
        ("RequireHttps", ["true", "false", "True", "yes", "1"], text => bool.TryParse(text, out _)),
        ("S3:BucketName", ["my-status-bucket", "a.b.c", "ab", "Bucket", "orders--euw1-az1--x-s3"], IsBucket),
        ("S3:KeyPrefix", ["operations/", "a/b/", "status", "/", "a//b/", "../"], IsPrefix),
        ("S3:ForcePathStyle", ["true", "false", "no"], text => bool.TryParse(text, out _)),
        ("S3:AllowedIpRanges:0", ["203.0.113.0/24", "2001:db8::/32", "127.0.0.1/32", "10.0.0.1/8", "0.0.0.0/0", "10.0.0.0"], IsRange),
        ("S3:AllowedVpcEndpoints:0", ["vpce-1a2b3c4d", "vpce-0123456789abcdef0", "vpc-1a2b3c4d"], IsVpcEndpoint),
        ("Sts:Duration", ["00:15:00", "12:00:00", "01:00:00", "00:14:59", "15"], text =>
            IsDuration(text, TimeSpan.FromMinutes(15), TimeSpan.FromHours(12))),
        ("S3:Bucket:TlsOnly", ["true", "false", "off"], text => bool.TryParse(text, out _)),
        ("Operations:parcels:MaxConcurrency", ["10", "1", "1000", "0", "1001"], text => IsNumber(text, 1, 1000)),
        ("Operations:parcels:VisibilityTimeout", _durations, text => IsDuration(text, TimeSpan.FromSeconds(1), TimeSpan.FromHours(12))),
        ("Operations:parcels:MaxAttempts", ["1", "5", "0", "-1", "many"], text => IsNumber(text, 1, 1000)),
    ];

    [Fact]
    public Task Settings_Altered_AreAcceptedOrRejected() => Fuzz.Run(percent: 10, seed: 7_000_000, random =>
    {
        var given = new Dictionary<string, string?>
        {
            ["S3:BucketName"] = "my-status-bucket",
            ["Sts:RoleArn"] = "arn:aws:iam::123456789012:role/status-reader",
            ["Operations:parcels:QueueUrl"] = "https://sqs.eu-west-1.amazonaws.com/123456789012/parcels",
        };
        var isValid = true;
        for (var settings = random.Next(1, 4); settings > 0; settings--)
        {
            var (key, values, _) = _settings[random.Next(_settings.Length)];
            var value = values[random.Next(values.Length)];
            given[key] = random.Next(3) == 0 ? Mutation.OfText(value, random) : value;
        }

        foreach (var (key, _, isValidValue) in _settings)
        {
            // An empty value counts as unset, like an empty environment variable, except for these settings.
            isValid &= !given.TryGetValue(key, out var value) || (value!.Length == 0
                ? key is not ("S3:BucketName" or "S3:KeyPrefix" or "S3:AllowedIpRanges:0" or "S3:AllowedVpcEndpoints:0")
                : isValidValue(value));
        }

        if (random.Next(10) == 0)
        {
            given[$"{(random.Next(2) == 0 ? "" : "S3:")}{Mutation.OfText("Retention", random).Replace(':', '_')}x"] = "1";
            isValid = false;
        }

        isValid &= Duration(given, "UrlLifetime") is not { } lifetime
            || lifetime <= (Duration(given, "MaxUrlLifetime") ?? TimeSpan.FromHours(1));
        try
        {
            var options = Start(given);
            isValid.Should().BeTrue($"Accepted: {Text(given)}");
            options.Retention.Should().Be(Duration(given, "Retention") ?? TimeSpan.FromDays(1));
            options.UrlLifetime.Should().Be(Duration(given, "UrlLifetime"));
            return true;
        }
        catch (OptionsValidationException refused)
        {
            isValid.Should().BeFalse($"Rejected: {Text(given)}. {refused.Message}");
            refused.Failures.Should().AllSatisfy(failure => failure.Should().Contain("OffloadedPolling:"));
            return false;
        }
    });

    private static OffloadedPollingOptions Start(Dictionary<string, string?> settings)
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"OffloadedPolling:{setting.Key}", setting.Value)))
            .Build().GetSection("OffloadedPolling");
        var services = new ServiceCollection();
        services.AddOffloadedPolling(section)
            .WithS3().WithSts().WithSqs().AddProvisioning().AddOperation<Parcel>("parcels", ParcelJson.Default);
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (AggregateException several) when (several.InnerExceptions.All(one => one is OptionsValidationException))
        {
            throw several.InnerExceptions[0];
        }

        return provider.GetRequiredService<IOptions<OffloadedPollingOptions>>().Value;
    }

    private static string Text(Dictionary<string, string?> settings) =>
        string.Join(", ", settings.Select(setting => $"{setting.Key}='{setting.Value}'"));

    private static TimeSpan? Duration(Dictionary<string, string?> settings, string key) =>
        settings.TryGetValue(key, out var text)
        && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) ? duration : null;

    private static bool IsDuration(string text, TimeSpan least, TimeSpan most) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration)
        && duration >= least && duration <= most && !MeansDays(text);

    // Values without a dot that .NET reads as whole days: "30", "48:00:00".
    private static bool MeansDays(string text) =>
        text.Split(':') is { Length: 1 or 3 } parts && !text.Contains('.', StringComparison.Ordinal)
        && int.TryParse(
            parts[0], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var first)
        && first >= (parts.Length == 1 ? 1 : 24);

    private static bool IsNumber(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most;

    // The form that IAM accepts. .NET also accepts bits after the prefix, leading zeros, and IPv6 in brackets or with a zone.
    private static bool IsRange(string text) =>
        IPNetwork.TryParse(text, out var network)
        && network.PrefixLength > 0 && text.EndsWith($"/{network.PrefixLength}", StringComparison.Ordinal)
        && (network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6
            ? text.AsSpan().IndexOfAny('[', '%') < 0 && IPAddress.Parse(text.Split('/')[0]).Equals(network.BaseAddress)
            : text == network.ToString());

    private static bool IsVpcEndpoint(string text) =>
        text.StartsWith("vpce-", StringComparison.Ordinal) && text.Length is >= 13 and <= 22 && text[5..].All(char.IsAsciiHexDigitLower);

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    private static bool IsBucket(string text) =>
        text.Length is >= 3 and <= 63
        && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '-')
        && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]) && !text.EndsWith("--x-s3", StringComparison.Ordinal)
        && !text.EndsWith(".mrap", StringComparison.Ordinal);

    private static bool IsPrefix(string text) =>
        text.EndsWith('/') && text.Length <= 900 && text[..^1].Split('/').All(segment => segment is not ("" or "." or ".."))
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/');
}
