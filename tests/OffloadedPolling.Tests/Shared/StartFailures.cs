using System.Text.Json.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Tests.Shared;

/// <summary>Returns why a host cannot start: the failures of all its settings and registrations.</summary>
internal static class StartFailures
{
    public const string QueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/letters";

    public static List<string> Of(IServiceCollection services)
    {
        services.AddLogging(RecordingLogger.Watch);
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException wrong)
        {
            return [.. wrong.Failures];
        }
        catch (AggregateException several)
        {
            return [.. several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(wrong => wrong.Failures)];
        }
    }

    /// <summary>Returns the failures of a host on S3 and SQS with the required settings and these settings.</summary>
    public static List<string> OnAws(string key, string? value, Action<IOffloadedPollingBuilder>? build = null) =>
        OnAws(new() { [key] = value }, build);

    /// <inheritdoc cref="OnAws(string, string?, Action{IOffloadedPollingBuilder}?)"/>
    public static List<string> OnAws(Dictionary<string, string?> settings, Action<IOffloadedPollingBuilder>? build = null)
    {
        var builder = new ServiceCollection().AddOffloadedPolling(Section(settings))
            .WithS3().WithSqs().AddOperation<Letter>("letters", LetterJson.Default);
        build?.Invoke(builder);
        return Of(builder.Services);
    }

    /// <summary>Returns the failures of a host on SQLite with this setting.</summary>
    public static List<string> OnSqlite(string key, string? value) => Of(
        new ServiceCollection().AddOffloadedPolling(Section(new() { [key] = value }))
            .WithSqlite().AddOperation<Letter>("letters", LetterJson.Default).Services);

    /// <summary>Returns a section with the required settings for AWS and these settings.</summary>
    public static IConfigurationSection Section(Dictionary<string, string?> settings)
    {
        var all = new Dictionary<string, string?> { ["S3:BucketName"] = "status", ["Operations:letters:QueueUrl"] = QueueUrl };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return new ConfigurationBuilder()
            .AddInMemoryCollection(all.Select(setting => KeyValuePair.Create($"OffloadedPolling:{setting.Key}", setting.Value)))
            .Build().GetSection("OffloadedPolling");
    }
}

internal sealed record Letter(string To);

[JsonSerializable(typeof(Letter))]
internal sealed partial class LetterJson : JsonSerializerContext;
