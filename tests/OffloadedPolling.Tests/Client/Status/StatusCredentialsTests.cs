using System.Text.Json;

namespace OffloadedPolling.Tests.Client.Status;

/// <summary>How a caller reads the credentials that the host issues.</summary>
public sealed class StatusCredentialsTests
{
    private const string ValidBody =
        """
        {"id":"1","statusKey":"operations/1.json","bucket":"b","region":"r","accessKeyId":"AKID","secretAccessKey":"s3cr3t",
        "sessionToken":"t0k3n","expiresAt":"2026-01-01T00:00:00Z"}
        """;

    [Fact]
    public async Task ReadAsync_ValidBody_ReturnsCredentials() => (await ReadAsync(ValidBody)).AccessKeyId.Should().Be("AKID");

    [Theory]
    [InlineData("\"bucket\":\"b\"", "\"bucket\":\"b\",\"bucket\":\"c\"")]
    [InlineData("\"bucket\":\"b\"", "\"bucket\":\"\"")]
    [InlineData("\"AKID\"", "\"\"")]
    [InlineData("\"t0k3n\"", "null")]
    [InlineData("\"bucket\":\"b\"", "\"bucket\":\"b\",\"endpoint\":\"\"")]
    [InlineData("\"bucket\":\"b\"", "\"bucket\":\"b\",\"endpoint\":\"ftp://s3.example\"")]
    [InlineData("2026-01-01T00:00:00Z", "soon")]
    public async Task ReadAsync_InvalidBody_ThrowsWithoutSecrets(string part, string instead)
    {
        var refused = (await FluentActions.Awaiting(() => ReadAsync(ValidBody.Replace(part, instead, StringComparison.Ordinal)))
            .Should().ThrowExactlyAsync<JsonException>()).Which;

        refused.ToString().Should().NotContain("s3cr3t");
        refused.ToString().Should().NotContain("t0k3n");
    }

    private static async Task<StatusCredentials> ReadAsync(string body)
    {
        using var response = new HttpResponseMessage { Content = new StringContent(body) };
        return await StatusCredentials.ReadAsync(response);
    }
}
