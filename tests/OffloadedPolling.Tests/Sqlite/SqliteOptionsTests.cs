using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>SQLite settings that make the start fail.</summary>
public sealed class SqliteOptionsTests
{
    [Theory]
    [InlineData("Sqlite:DataSource", "", "OffloadedPolling:Sqlite:DataSource is empty")]
    [InlineData("Sqlite:DataSource", ":memory:", "which is a separate database for each connection. Set it to the path of a file")]
    [InlineData("Sqlite:DataSource", "Data Source=x.db", "DataSource is a URI or a connection string")]
    [InlineData(
        "Sqlite:PublicBaseUrl",
        "orders.example.com",
        "OffloadedPolling:Sqlite:PublicBaseUrl is 'orders.example.com', which is not an absolute URL")]
    [InlineData(
        "Sqlite:PublicBaseUrl",
        "ftp://orders.example.com",
        "PublicBaseUrl is 'ftp://orders.example.com', which is not an http or https URL")]
    [InlineData("Sqlite:PublicBaseUrl", "https://orders.example.com/?a=b", "with a query or a fragment")]
    [InlineData(
        "Sqlite:SigningKey",
        "dG9vIHNob3J0",
        "OffloadedPolling:Sqlite:SigningKey has 9 bytes; at least 32 are required. Create a key with 'openssl rand")]
    [InlineData("Sqlite:SigningKey", "no base 64, whatever its length may be", "SigningKey is not Base64; it has 38 characters")]
    [InlineData("Sqlite:DataSauce", "x", "OffloadedPolling:Sqlite:DataSauce is not a setting of this version")]
    public void Validate_InvalidSetting_FailsWithValueAndFix(string key, string value, string expected) =>
        StartFailures.OnSqlite(key, value).Should().ContainSingle().Which.Should().Contain(expected);

    [Theory]
    [InlineData("Sqlite:SigningKey", "my-secret")]
    [InlineData("Sqlite:DataSource", "Data Source=x.db;Password=my-secret")]
    [InlineData("Sqlite:DataSource", "file:x.db?key=my-secret")]
    [InlineData("Sqlite:PublicBaseUrl", "https://me:my-secret@orders.example.com")]
    [InlineData("Sqlite:PublicBaseUrl", "ftp://me:my-secret@orders.example.com")]
    [InlineData("Sqlite:PublicBaseUrl", "ftp://orders.example.com?token=my-secret")]
    [InlineData("Sqlite:PublicBaseUrl", "orders.example.com?token=my-secret")]
    [InlineData("Sqlite:PublicBaseUrl", "https://orders.example.com?token=my-secret")]
    public void Validate_InvalidSettingWithSecret_DoesNotPrintIt(string key, string value) =>
        StartFailures.OnSqlite(key, value).Should().ContainSingle().Which.Should().NotContain("my-secret");

    [Fact]
    public void Validate_NoSettings_Passes()
    {
        var services = new ServiceCollection();
        services.AddOffloadedPolling().WithSqlite().AddOperation<Letter>("letters", LetterJson.Default);

        StartFailures.Of(services).Should().BeEmpty();
    }
}
