using System.Net;
using System.Text.Json;

namespace OffloadedPolling.Tests.Client.Polling;

public sealed class AcceptedResponseTests : PollerTestBase
{
    [Theory]
    [InlineData(202, "/operations/1", "https://orders.example.com/operations/1")]
    [InlineData(200, "/operations/1", "https://orders.example.com/operations/1")]
    [InlineData(202, "https://other/operations/1", "https://other/operations/1")]
    [InlineData(202, null, null)]
    public async Task ReadAcceptedAsync_Accepted_ReturnsAbsoluteOperationUrl(int code, string? operationUrl, string? expected)
    {
        using var response = Response(code, JsonSerializer.Serialize(Accepted(operationUrl), OperationJson.Accepted));

        var accepted = await OperationPoller.ReadAcceptedAsync(response);

        accepted.Should().Be(Accepted(expected));
    }

    [Fact]
    public async Task ReadAcceptedAsync_NoRequestMessage_KeepsRelativeOperationUrl()
    {
        using var response = Response(202, JsonSerializer.Serialize(Accepted("/operations/1"), OperationJson.Accepted));
        response.RequestMessage = null;

        (await OperationPoller.ReadAcceptedAsync(response)).OperationUrl.Should().Be("/operations/1");
    }

    [Theory]
    [InlineData(422, """{"title":"Another payload","detail":"with the same key"}""", "422 UnprocessableEntity "
        + "instead of an accepted operation: Another payload: with the same key.")]
    [InlineData(400, """{"title":"Wrong"}""", "400 BadRequest instead of an accepted operation: Wrong.")]
    [InlineData(503, """{"detail":"Retry later."}""", "503 ServiceUnavailable instead of an accepted operation: Retry later.")]
    [InlineData(500, "<html/>", "500 InternalServerError instead of an accepted operation.")]
    [InlineData(404, "", "404 NotFound instead of an accepted operation.")]
    [InlineData(303, "", "303 SeeOther instead of an accepted operation.")]
    public async Task ReadAcceptedAsync_OtherStatusCode_ThrowsWithHostMessage(int code, string body, string words)
    {
        using var response = Response(code, body);

        var refused = (await FluentActions.Awaiting(() => OperationPoller.ReadAcceptedAsync(response))
            .Should().ThrowExactlyAsync<HttpRequestException>()).Which;

        refused.StatusCode.Should().Be((HttpStatusCode)code);
        refused.Message.Should().Be($"The host returned {words}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("<html/>")]
    [InlineData("""{"id":"1","status":"Running","statusUrl":"/x5ecre7","statusUrlExpiresAt":"2026-11-23T10:00:00Z","retryAfter":1}""")]
    public async Task ReadAcceptedAsync_InvalidBody_ThrowsJsonException(string body)
    {
        using var response = Response(202, body);

        var refused = (await FluentActions.Awaiting(() => OperationPoller.ReadAcceptedAsync(response))
            .Should().ThrowExactlyAsync<JsonException>()).Which;

        refused.Message.Should().Contain("not an accepted operation");
        refused.ToString().Should().NotContain(Secret);
    }

    private static HttpResponseMessage Response(int code, string body) => new((HttpStatusCode)code)
    {
        Content = new StringContent(body), RequestMessage = new HttpRequestMessage(HttpMethod.Post, "https://orders.example.com/order?x=1"),
    };
}
