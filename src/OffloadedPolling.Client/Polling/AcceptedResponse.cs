using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OffloadedPolling.Client;

/// <summary>Reads the host's answer to what it was asked to do.</summary>
internal static class AcceptedResponse
{
    /// <exception cref="HttpRequestException">It was not accepted.</exception>
    /// <exception cref="JsonException">The body is no accepted operation.</exception>
    public static async Task<AcceptedOperation> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var body = await ReadBodyAsync(response, cancel).ConfigureAwait(false);
        if (response.StatusCode is not (HttpStatusCode.Accepted or HttpStatusCode.OK))
        {
            var problem = TryRead(body, OperationJson.Problem);
            var words = string.Join(": ", new[] { problem?.Title, problem?.Detail }.Where(word => !string.IsNullOrEmpty(word)));
            throw new HttpRequestException(
                $"The operation was not accepted: the host answers {(int)response.StatusCode} {response.StatusCode}{(words == "" ? "" : $", {words}")}.",
                null,
                response.StatusCode);
        }

        if (TryRead(body, OperationJson.Accepted) is not { Id: not null } accepted || HttpUrl.Parse(accepted.StatusUrl) is null)
        {
            throw new JsonException(
                $"The body of this {(int)response.StatusCode} is no accepted operation with a status URL. "
                + "Pass the response of a request that the host accepts operations at, or of its operations' /url.");
        }

        return HttpUrl.OfOperation(accepted.OperationUrl, response.RequestMessage?.RequestUri) is { } absolute
            ? accepted with { OperationUrl = absolute.OriginalString }
            : accepted;
    }

    private static async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            return await PollerHttp.ReadAsync(response.Content, cancel).ConfigureAwait(false);
        }
        catch (IOException broken)
        {
            const string Message = "The body of the host's answer broke off, or could not be decompressed.";
            throw new HttpRequestException(HttpRequestError.ResponseEnded, Message, broken);
        }
    }

    private static T? TryRead<T>(byte[] body, JsonTypeInfo<T> json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
