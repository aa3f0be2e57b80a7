using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OffloadedPolling.Client;

/// <summary>Follows operations to their end by polling their status URLs, as seldom as their estimates allow, and never the host.</summary>
/// <remarks>
/// Thread-safe; create one for all operations of a process, and call <c>WatchAsync</c> or <c>WaitForCompletionAsync</c> for each. A poll
/// that fails is retried, after a back-off, for as long as the wait lasts: set <see cref="OperationPollerOptions.Timeout"/>, or cancel.
/// A status URL that has expired is renewed at the operation URL. Status URLs are credentials: no exception holds one, and the poller adds
/// nothing to the requests it sends to them.
/// </remarks>
/// <example><code>
/// using var response = await host.PostAsJsonAsync("/order", order);
/// var accepted = await OperationPoller.ReadAcceptedAsync(response);
/// using var poller = new OperationPoller();
/// var made = await poller.WaitForCompletionAsync(accepted, OrderJson.Default.Order);
/// </code></example>
public sealed class OperationPoller : IDisposable
{
    private const string ReflectionWarning =
        "The result is deserialized by reflection. "
        + "Pass the JsonTypeInfo of a JsonSerializerContext where the caller is trimmed or compiled ahead of time.";

    private readonly PollerHttp _http;

    private readonly HttpClient? _ownHttp;

    private readonly OperationPollerOptions _options;

    /// <summary>Creates a poller with its own HTTP client.</summary>
    public OperationPoller()
        : this(new OperationPollerOptions())
    {
    }

    /// <summary>Creates a poller with its own HTTP client.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public OperationPoller(OperationPollerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Checked();
        _ownHttp = PollerHttp.CreateClient();
        _http = new PollerHttp(_ownHttp, _options);
    }

    /// <summary>Creates a poller with an HTTP client of the caller's.</summary>
    /// <param name="http">
    /// A client that does not follow redirects, does not keep cookies, and has no default headers except <c>User-Agent</c> and
    /// <c>Accept…</c>, because the store receives what it sends. It needs no retries, and its base address is not used. It is not disposed.
    /// </param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">The client sends other headers, or an option is out of its range.</exception>
    public OperationPoller(HttpClient http, OperationPollerOptions? options = null)
    {
        var client = PollerHttp.Checked(http);
        _options = (options ?? new OperationPollerOptions()).Checked();
        _http = new PollerHttp(client, _options);
    }

    /// <summary>Reads the body of a <c>202 Accepted</c>, or of a <c>200</c> from <c>GET /operations/{id}/url</c>.</summary>
    /// <param name="response">The host's answer. It is not disposed.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The operation, with an <see cref="AcceptedOperation.OperationUrl"/> made absolute by the request's address.</returns>
    /// <exception cref="HttpRequestException">
    /// The host returned another status code. The message contains it, and the title and detail of a problem.
    /// </exception>
    /// <exception cref="JsonException">The body is not an accepted operation.</exception>
    public static Task<AcceptedOperation> ReadAcceptedAsync(HttpResponseMessage response, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        return AcceptedResponse.ReadAsync(response, cancellationToken);
    }

    /// <summary>Returns a text to resume from, also in another process.</summary>
    /// <param name="accepted">The operation.</param>
    /// <returns>
    /// Base64url. If the operation URL is known, and absolute or made so by <see cref="OperationPollerOptions.HostAddress"/>, the text
    /// holds it and the id. It is then not a credential, and resuming starts with a request to the host. Otherwise the text holds the
    /// status URL: it is a credential, works until that URL expires, and is never part of an exception.
    /// </returns>
    /// <exception cref="ArgumentException">The status URL is not an absolute http or https URL.</exception>
    public string GetResumeToken(AcceptedOperation accepted) => ResumeToken.Create(WatchedOperation.From(accepted, _options));

    /// <summary>Returns each new status document, the terminal one last. <c>Failed</c> and <c>Canceled</c> do not throw.</summary>
    /// <param name="accepted">The operation.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <returns>The documents, never an older one after a newer one. The poller polls only while the caller enumerates.</returns>
    /// <exception cref="ArgumentException">A URL of the operation is invalid, or its host is not trusted.</exception>
    /// <exception cref="OperationUnavailableException">The operation cannot be followed any further.</exception>
    /// <exception cref="OperationTimeoutException">
    /// <see cref="OperationPollerOptions.Timeout"/> has elapsed since the first step of the enumeration.
    /// </exception>
    /// <exception cref="InvalidOperationException">Host, store or HTTP client is not set up correctly. The message says why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public IAsyncEnumerable<OperationStatus> WatchAsync(AcceptedOperation accepted, CancellationToken cancellationToken = default) =>
        OperationWatch.WatchAsync(WatchedOperation.From(accepted, _options), _http, _options, cancellationToken);

    /// <param name="resumeToken">
    /// The text that <see cref="GetResumeToken"/> or an exception returned. Keep it where nobody can change it. If
    /// <see cref="OperationPollerOptions.AuthorizeRenewal"/> is set, <see cref="OperationPollerOptions.HostAddress"/> must be set, too.
    /// </param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <exception cref="FormatException"><paramref name="resumeToken"/> is not a resume token.</exception>
    /// <inheritdoc cref="WatchAsync(AcceptedOperation, CancellationToken)"/>
    public IAsyncEnumerable<OperationStatus> WatchAsync(string resumeToken, CancellationToken cancellationToken = default) =>
        OperationWatch.WatchAsync(WatchedOperation.From(resumeToken, _options), _http, _options, cancellationToken);

    /// <summary>Waits until the operation has succeeded.</summary>
    /// <param name="accepted">The operation.</param>
    /// <param name="progress">Receives each new document, including the last one.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <returns>The last document, whose state is <c>Succeeded</c>.</returns>
    /// <exception cref="OperationFailedException">The operation has failed.</exception>
    /// <exception cref="CanceledOperationException">The operation was canceled.</exception>
    /// <inheritdoc cref="WatchAsync(AcceptedOperation, CancellationToken)"/>
    public Task<OperationStatus> WaitForCompletionAsync(
        AcceptedOperation accepted, IProgress<OperationStatus>? progress = null, CancellationToken cancellationToken = default) =>
        CompleteAsync(WatchedOperation.From(accepted, _options), progress, cancellationToken);

    /// <param name="resumeToken">The token, as for <see cref="WatchAsync(string, CancellationToken)"/>.</param>
    /// <param name="progress">Receives each new document, including the last one.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <exception cref="FormatException"><paramref name="resumeToken"/> is not a resume token.</exception>
    /// <inheritdoc cref="WaitForCompletionAsync(AcceptedOperation, IProgress{OperationStatus}?, CancellationToken)"/>
    public Task<OperationStatus> WaitForCompletionAsync(
        string resumeToken, IProgress<OperationStatus>? progress = null, CancellationToken cancellationToken = default) =>
        CompleteAsync(WatchedOperation.From(resumeToken, _options), progress, cancellationToken);

    /// <summary>Waits until the operation has succeeded, and reads its result.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="accepted">The operation.</param>
    /// <param name="resultJson">The metadata that the result is deserialized with.</param>
    /// <param name="progress">Receives each new document, including the last one.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <returns>The result.</returns>
    /// <remarks>
    /// A document without a result returns <see langword="null"/> if <typeparamref name="TResult"/> is a <see cref="Nullable{T}"/>, and
    /// throws <see cref="InvalidOperationException"/> otherwise. Wait without a type for operations that have no result.
    /// </remarks>
    /// <exception cref="JsonException">The result is not a <typeparamref name="TResult"/>.</exception>
    /// <inheritdoc cref="WaitForCompletionAsync(AcceptedOperation, IProgress{OperationStatus}?, CancellationToken)"/>
    public Task<TResult> WaitForCompletionAsync<TResult>(
        AcceptedOperation accepted,
        JsonTypeInfo<TResult> resultJson,
        IProgress<OperationStatus>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resultJson);
        return CompleteAsync(WatchedOperation.From(accepted, _options), resultJson, progress, cancellationToken);
    }

    /// <param name="resumeToken">The token, as for <see cref="WatchAsync(string, CancellationToken)"/>.</param>
    /// <param name="resultJson">The metadata that the result is deserialized with.</param>
    /// <param name="progress">Receives each new document, including the last one.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <exception cref="FormatException"><paramref name="resumeToken"/> is not a resume token.</exception>
    /// <inheritdoc
    ///   cref="WaitForCompletionAsync{TResult}(AcceptedOperation, JsonTypeInfo{TResult}, IProgress{OperationStatus}?, CancellationToken)"/>
    public Task<TResult> WaitForCompletionAsync<TResult>(
        string resumeToken,
        JsonTypeInfo<TResult> resultJson,
        IProgress<OperationStatus>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resultJson);
        return CompleteAsync(WatchedOperation.From(resumeToken, _options), resultJson, progress, cancellationToken);
    }

    /// <summary>Waits until the operation has succeeded, and reads its result by reflection, in camelCase.</summary>
    /// <inheritdoc
    ///   cref="WaitForCompletionAsync{TResult}(AcceptedOperation, JsonTypeInfo{TResult}, IProgress{OperationStatus}?, CancellationToken)"/>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public Task<TResult> WaitForCompletionAsync<TResult>(
        AcceptedOperation accepted, IProgress<OperationStatus>? progress = null, CancellationToken cancellationToken = default) =>
        WaitForCompletionAsync(accepted, Reflected<TResult>(), progress, cancellationToken);

    /// <summary>Waits until the operation has succeeded, and reads its result by reflection, in camelCase.</summary>
    /// <inheritdoc cref="WaitForCompletionAsync{TResult}(string, JsonTypeInfo{TResult}, IProgress{OperationStatus}?, CancellationToken)"/>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public Task<TResult> WaitForCompletionAsync<TResult>(
        string resumeToken, IProgress<OperationStatus>? progress = null, CancellationToken cancellationToken = default) =>
        WaitForCompletionAsync(resumeToken, Reflected<TResult>(), progress, cancellationToken);

    /// <summary>Ends all polls, if the HTTP client is the poller's own.</summary>
    public void Dispose() => _ownHttp?.Dispose();

    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    private static JsonTypeInfo<TResult> Reflected<TResult>() =>
        (JsonTypeInfo<TResult>)JsonSerializerOptions.Web.GetTypeInfo(typeof(TResult));

    private async Task<OperationStatus> CompleteAsync(
        WatchedOperation operation, IProgress<OperationStatus>? progress, CancellationToken cancellationToken)
    {
        OperationStatus? last = null;
        await foreach (var status in OperationWatch.WatchAsync(operation, _http, _options, cancellationToken).ConfigureAwait(false))
        {
            progress?.Report(status);
            last = status;
        }

        return last!.State switch
        {
            OperationState.Succeeded => last,
            OperationState.Canceled => throw new CanceledOperationException(last),
            _ => throw new OperationFailedException(last.Error ?? new OperationProblem { Title = "The operation failed" })
            {
                Status = last,
            },
        };
    }

    private async Task<TResult> CompleteAsync<TResult>(
        WatchedOperation operation,
        JsonTypeInfo<TResult> resultJson,
        IProgress<OperationStatus>? progress,
        CancellationToken cancellationToken)
    {
        var last = await CompleteAsync(operation, progress, cancellationToken).ConfigureAwait(false);
        if (last.Result is { } json && json.Deserialize(resultJson) is { } result)
        {
            return result;
        }

        return Nullable.GetUnderlyingType(typeof(TResult)) is not null
            ? default!
            : throw new InvalidOperationException(
                $"Operation {last.Id} succeeded without a result of type {typeof(TResult)}. Wait without a type where there may be none.");
    }
}
