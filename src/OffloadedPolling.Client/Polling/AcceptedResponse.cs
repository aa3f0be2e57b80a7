using System.Net;
using System.Text.Json;

namespace OffloadedPolling.Client;

/// <summary>Reads the host's response to an accept, or to a request for a new status URL.</summary>
internal static class AcceptedResponse
{
    /// <exception cref="HttpRequestException">The operation was not accepted.</exception>
    /// <exception cref="JsonException">The body is not an accepted operation.</exception>
    public static async Task<AcceptedOperation> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode is not (HttpStatusCode.Accepted or HttpStatusCode.OK))
        {
            var problem = OperationJson.TryRead(body, OperationJson.Problem);
            var words = string.Join(": ", new[] { problem?.Title, problem?.Detail }.Where(word => !string.IsNullOrEmpty(word)));
            var reason = words == "" ? "" : $": {words.TrimEnd('.')}";
            throw new HttpRequestException(
                $"The host returned {(int)response.StatusCode} {response.StatusCode} instead of an accepted operation{reason}.",
                null,
                response.StatusCode);
        }

        var accepted = OperationJson.TryRead(body, OperationJson.Accepted);
        if (accepted is null || HttpUrl.Parse(accepted.StatusUrl) is null)
        {
            throw new JsonException(
                $"The body of the {(int)response.StatusCode} response is not an accepted operation with a status URL. "
                + "Pass the response of an endpoint that accepts operations, or of GET /operations/{id}/url.");
        }

        return HttpUrl.OfOperation(accepted.OperationUrl, response.RequestMessage?.RequestUri) is { } absolute
            ? accepted with { OperationUrl = absolute.OriginalString }
            : accepted;
    }

    private static async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await PollerHttp.ReadAsync(response.Content, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException broken)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, broken.Message, broken);
        }
    }
}
