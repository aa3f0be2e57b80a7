using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests;

/// <summary>Tests what a third-party provider can do with the public API.</summary>
public sealed partial class OffloadedPollingBuilderProviderExtensionsTests
{
    [Fact]
    public void AddSettingsSection_CalledTwice_BindsOnce()
    {
        var services = With(
            new() { ["Redis:Server"] = "localhost", ["Redis:Timeout"] = "00:00:30", ["Redis:Databases:0"] = "letters" });
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<RedisOptions>>().Value;

        options.Should().BeEquivalentTo(
            new RedisOptions { Server = "localhost", Timeout = TimeSpan.FromSeconds(30), Databases = { "letters" } });
        StartFailures.Of(services).Should().BeEmpty();
    }

    [Theory]
    [InlineData("Server", "", "OffloadedPolling:Redis:Server: The field RedisOptions.Server is required. Set it to the server's address.")]
    [InlineData("Server", "here", "OffloadedPolling:Redis:Server: The field RedisOptions.Server must be an address.")]
    [InlineData("Timeout", "24:00:00", "OffloadedPolling:Redis:Timeout is '24:00:00', which .NET does not read as 24 hours. For 24 "
        + "hours, write 1.00:00:00; for 24 day(s), write 24.00:00:00.")]
    [InlineData("Sever", "x", "OffloadedPolling:Redis:Sever is not a setting of this version. Remove it, or correct its name. The "
        + "settings here are Databases, Server, Timeout.")]
    [InlineData("Databases", "x", "OffloadedPolling:Redis:Databases is 'x', but it is a list. Set its first element as "
        + "OffloadedPolling:Redis:Databases:0, the next as OffloadedPolling:Redis:Databases:1.")]
    public void AddSettingsSection_InvalidSetting_FailsWithFullName(string key, string value, string expected) =>
        StartFailures.Of(With(new() { ["Redis:Server"] = "localhost", [$"Redis:{key}"] = value })).Should().Equal(expected);

    [Fact]
    public void AddSettingsSection_MissingSetting_IsReportedWithOtherErrors() =>
        StartFailures.Of(With(new() { ["Sqlite:DataSource"] = "" })).Should().BeEquivalentTo(
            "OffloadedPolling:Sqlite:DataSource is empty. Set it to the path of a file, such as 'offloaded-polling.db'.",
            "OffloadedPolling:Redis:Server: The field RedisOptions.Server is required. Set it to the server's address.");

    [Fact]
    public void AddSettingsSection_NotCalled_SectionIsUnknown()
    {
        var services = new ServiceCollection();
        services.AddOffloadedPolling(StartFailures.Section(new() { ["Redis:Server"] = "localhost" }))
            .WithSqlite().AddOperation<Letter>("letters", LetterJson.Default);

        StartFailures.Of(services).Should().ContainSingle().Which.Should().StartWith(
            "OffloadedPolling:Redis is not a setting of this version");
    }

    private static IServiceCollection With(Dictionary<string, string?> settings)
    {
        var builder = new ServiceCollection().AddOffloadedPolling(StartFailures.Section(settings))
            .WithSqlite().AddOperation<Letter>("letters", LetterJson.Default);
        builder.AddSettingsSection<RedisOptions, RedisOptionsValidator>("Redis", (options, section) => section.Bind(options));
        builder.AddSettingsSection<RedisOptions, RedisOptionsValidator>("Redis", (options, section) => section.Bind(options));
        return builder.Services;
    }

    internal sealed class RedisOptions
    {
        [Required(ErrorMessage = "The field {0} is required. Set it to the server's address.")]
        [RegularExpression("[a-z.]{5,}", ErrorMessage = "The field {0} must be an address.")]
        public string? Server { get; set; }

        public TimeSpan Timeout { get; set; }

        public IList<string> Databases { get; } = [];
    }

    [OptionsValidator]
    internal sealed partial class RedisOptionsValidator : IValidateOptions<RedisOptions>;
}
