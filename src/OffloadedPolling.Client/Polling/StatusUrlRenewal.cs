using System.Net;

namespace OffloadedPolling.Client;

/// <summary>Requests a new status URL. This is the poller's only request to the host.</summary>
internal sealed class StatusUrlRenewal(PollerHttp http, OperationPollerOptions options)
{
    /// <exception cref="InvalidOperationException">The response is a redirect, or is for another operation.</exception>
    public async Task<RenewedUrl> RenewAsync(Uri operationUrl, string id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, HttpUrl.OfRenewal(operationUrl));
        if (options.AuthorizeRenewal is { } authorize)
        {
            await authorize(request, cancellationToken).ConfigureAwait(false);
        }

        var answer = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            { IsTransient: true } => new RenewedUrl(answer.ToString()) { RetryAfter = answer.RetryAfter },
            { Code: HttpStatusCode.OK } => Read(answer, id),
            { Code: HttpStatusCode.NotFound or HttpStatusCode.Gone } =>
                new RenewedUrl(answer.ToString()) { Unavailable = OperationUnavailableReason.Missing },
            { Code: >= HttpStatusCode.BadRequest } =>
                new RenewedUrl(answer.ToString()) { Unavailable = OperationUnavailableReason.Forbidden },
            { Code: >= HttpStatusCode.MultipleChoices } => throw new InvalidOperationException(
                $"The host returned {answer}, a redirect, to a request for a new status URL of operation {id}; 200 is expected. "
                + "If it redirects to a sign-in page, add the host's credentials in "
                + $"{nameof(OperationPollerOptions)}.{nameof(OperationPollerOptions.AuthorizeRenewal)}."),
            _ => new RenewedUrl($"{answer}, without a status URL"),
        };
    }

    private static RenewedUrl Read(HttpAnswer answer, string id)
    {
        var accepted = OperationJson.TryRead(answer.Body, OperationJson.Accepted);
        if (accepted is null || HttpUrl.Parse(accepted.StatusUrl) is not { } url)
        {
            return new RenewedUrl("200 without a status URL");
        }

        return accepted.Id == id
            ? new RenewedUrl(answer.ToString()) { Url = url, ExpiresAt = accepted.StatusUrlExpiresAt }
            : throw new InvalidOperationException(
                $"The host returned the status URL of another operation to a request for a new status URL of operation {id}.");
    }
}

/// <summary>The outcome of a renewal: a status URL, a refusal, or a failure.</summary>
/// <remarks>This type is not a record, because a record would print its URL.</remarks>
internal sealed class RenewedUrl(string answer)
{
    /// <summary>Gets a description of the host's response, without a URL.</summary>
    public string Answer { get; } = answer;

    public Uri? Url { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets the reason of a refusal.</summary>
    public OperationUnavailableReason? Unavailable { get; init; }

    /// <summary>Gets the minimum wait that an overloaded host requests.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
