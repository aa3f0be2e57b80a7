using System.Net;
using System.Text.Json;

namespace OffloadedPolling.Client;

/// <summary>Asks the host for a new status URL: the only request of the poller that the host sees.</summary>
internal sealed class StatusUrlRenewal(PollerHttp http, OperationPollerOptions options)
{
    /// <param name="operationUrl">The operation's address at the host.</param>
    /// <param name="id">The operation.</param>
    /// <param name="cancel">Ends the request.</param>
    /// <exception cref="InvalidOperationException">The answer is a redirect, or is about another operation.</exception>
    public async Task<RenewedUrl> RenewAsync(Uri operationUrl, string id, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, HttpUrl.OfRenewal(operationUrl));
        if (options.AuthorizeRenewal is { } authorize)
        {
            await authorize(request, cancel).ConfigureAwait(false);
        }

        var answer = await http.SendAsync(request, cancel).ConfigureAwait(false);
        return answer switch
        {
            { IsPassing: true } => new RenewedUrl { Words = answer.ToString(), RetryAfter = answer.RetryAfter },
            { Code: HttpStatusCode.OK } => Read(answer, id),
            { Code: HttpStatusCode.NotFound or HttpStatusCode.Gone } => Never(answer, OperationUnavailableReason.Missing),
            { Code: >= HttpStatusCode.BadRequest } => Never(answer, OperationUnavailableReason.Forbidden),
            { Code: >= HttpStatusCode.MultipleChoices } => throw new InvalidOperationException(
                $"The host answers {answer}, a redirect, when it is asked for a new status URL of operation {id}; it should answer 200. "
                + "If it leads to a page to sign in at, add the host's credentials in "
                + $"{nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.AuthorizeRenewal)}."),
            _ => new RenewedUrl { Words = $"{answer}, without a status URL" },
        };
    }

    private static RenewedUrl Never(HttpAnswer answer, OperationUnavailableReason reason) =>
        new() { Unavailable = reason, Words = answer.ToString() };

    private static RenewedUrl Read(HttpAnswer answer, string id)
    {
        AcceptedOperation? accepted = null;
        try
        {
            accepted = JsonSerializer.Deserialize(answer.Body, OperationJson.Accepted);
        }
        catch (JsonException)
        {
        }

        if (accepted is null || HttpUrl.Parse(accepted.StatusUrl) is not { } url)
        {
            return new RenewedUrl { Words = "200 without a status URL" };
        }

        return accepted.Id == id
            ? new RenewedUrl { Url = url, ExpiresAt = accepted.StatusUrlExpiresAt }
            : throw new InvalidOperationException($"Asked for a new status URL of operation {id}, the host answers with one of another operation.");
    }
}
