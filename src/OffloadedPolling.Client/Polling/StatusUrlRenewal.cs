using System.Net;

namespace OffloadedPolling.Client;

/// <summary>Asks the host for a new status URL: the poller's only request that reaches the host.</summary>
internal sealed class StatusUrlRenewal(PollerHttp http, OperationPollerOptions options)
{
    /// <exception cref="InvalidOperationException">The answer is a redirect, or is about another operation.</exception>
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
                $"The host answers {answer}, a redirect, when it is asked for a new status URL of operation {id}; it should answer 200. "
                + "If it leads to a page to sign in at, add the host's credentials in "
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
                $"Asked for a new status URL of operation {id}, the host answers with one of another operation.");
    }
}

/// <summary>The outcome of a renewal: a status URL, that this caller gets none, or a failure.</summary>
/// <remarks>Not a record, which would print its URL.</remarks>
internal sealed class RenewedUrl(string answer)
{
    /// <summary>Gets what the host answered, without a URL.</summary>
    public string Answer { get; } = answer;

    public Uri? Url { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets why this caller gets no URL.</summary>
    public OperationUnavailableReason? Unavailable { get; init; }

    /// <summary>Gets what an overloaded host asks for.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
