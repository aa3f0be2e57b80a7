using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OffloadedPolling.Client;

/// <summary>Waits for operations by polling their status URLs, with as few polls as their estimates allow.</summary>
/// <remarks>
/// <para>
/// This type is thread-safe. Create one instance per process, and call <c>WatchAsync</c> or <c>WaitForCompletionAsync</c> for each
/// operation.
/// </para>
/// <para>
/// Polls go only to the status URL, or to the reader of <see cref="OperationPollerOptions.NewReader"/>. A poll that fails is retried after
/// a back-off until the wait ends. To limit the wait, set <see cref="OperationPollerOptions.Timeout"/>, or cancel it. An expired status URL
/// is renewed at the operation URL.
/// </para>
/// <para>
/// Status URLs are credentials. No exception contains one, and the poller adds only <c>If-None-Match</c> to requests to them.
/// </para>
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
        + "If the application is trimmed or compiled ahead of time, pass the JsonTypeInfo of a JsonSerializerContext.";

    private readonly PollerHttp _http;

    private readonly HttpClient? _ownHttp;

    private readonly OperationPollerOptions _options;

    /// <summary>Initializes a new instance of the <see cref="OperationPoller"/> class with its own HTTP client.</summary>
    public OperationPoller()
        : this(new OperationPollerOptions())
    {
    }

    /// <summary>Initializes a new instance of the <see cref="OperationPoller"/> class with its own HTTP client and options.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public OperationPoller(OperationPollerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Checked();
        _ownHttp = PollerHttp.CreateClient();
        _http = new PollerHttp(_ownHttp, _options);
    }

    /// <summary>Initializes a new instance of the <see cref="OperationPoller"/> class with an existing HTTP client.</summary>
    /// <param name="http">
    /// The HTTP client. It must not follow redirects or keep cookies. Its only default headers may be <c>User-Agent</c> and
    /// <c>Accept…</c>, because the store receives them. It needs no retries. Its base address is not used, and it is not disposed.
    /// </param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">The client has other default headers, or an option is out of range.</exception>
    public OperationPoller(HttpClient http, OperationPollerOptions? options = null)
    {
        var client = PollerHttp.Checked(http);
        _options = (options ?? new OperationPollerOptions()).Checked();
        _http = new PollerHttp(client, _options);
    }

    /// <summary>Reads an accepted operation from a <c>202 Accepted</c>, or from a <c>200</c> of <c>GET /operations/{id}/url</c>.</summary>
    /// <param name="response">The host's response. It is not disposed.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests.</param>
    /// <returns>The operation. A relative <see cref="AcceptedOperation.OperationUrl"/> is made absolute with the request's URL.</returns>
    /// <exception cref="HttpRequestException">
    /// The host returned another status code, or the body is incomplete, cannot be decompressed or is larger than 2 MiB. The message
    /// contains the status code, and the title and detail of a problem.
    /// </exception>
    /// <exception cref="JsonException">The body is not an accepted operation.</exception>
    public static Task<AcceptedOperation> ReadAcceptedAsync(HttpResponseMessage response, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        return AcceptedResponse.ReadAsync(response, cancellationToken);
    }

    /// <summary>Creates a token to resume the wait later, in this or another process.</summary>
    /// <param name="accepted">The operation.</param>
    /// <returns>The token, in Base64url.</returns>
    /// <remarks>
    /// If the operation URL is absolute, or <see cref="OperationPollerOptions.HostAddress"/> makes it so, the token contains it and the ID.
    /// Such a token is not a credential, and resuming starts with a request to the host. Otherwise, the token contains the status URL. It
    /// is then a credential, works until that URL expires, and is never part of an exception.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// The status URL is not an absolute http or https URL, or <see cref="OperationPollerOptions.AuthorizeRenewal"/> is set and the
    /// operation URL has another origin than <see cref="OperationPollerOptions.HostAddress"/>.
    /// </exception>
    public string GetResumeToken(AcceptedOperation accepted) => ResumeToken.Create(WatchedOperation.From(accepted, _options));

    /// <summary>
    /// Returns each new status document. The last one is terminal. If it is <c>Failed</c> or <c>Canceled</c>, no exception is thrown.
    /// </summary>
    /// <param name="accepted">The operation.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <returns>The documents, from oldest to newest. The poller polls only while the caller enumerates.</returns>
    /// <exception cref="ArgumentException">A URL of the operation is invalid, or its host is not trusted.</exception>
    /// <exception cref="OperationUnavailableException">The operation's status can no longer be read.</exception>
    /// <exception cref="OperationTimeoutException">
    /// <see cref="OperationPollerOptions.Timeout"/> has elapsed since the enumeration began.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The host, the store, the HTTP client or the poller's options are not set up correctly.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public IAsyncEnumerable<OperationStatus> WatchAsync(AcceptedOperation accepted, CancellationToken cancellationToken = default) =>
        OperationWatch.WatchAsync(WatchedOperation.From(accepted, _options), _http, _options, cancellationToken);

    /// <param name="resumeToken">
    /// The token from <see cref="GetResumeToken"/> or an exception. Store it where nobody else can change it. If
    /// <see cref="OperationPollerOptions.AuthorizeRenewal"/> is set, <see cref="OperationPollerOptions.HostAddress"/> must also be set.
    /// </param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <exception cref="FormatException"><paramref name="resumeToken"/> is not a resume token.</exception>
    /// <inheritdoc cref="WatchAsync(AcceptedOperation, CancellationToken)" path="/*[not(self::param)]"/>
    public IAsyncEnumerable<OperationStatus> WatchAsync(string resumeToken, CancellationToken cancellationToken = default) =>
        OperationWatch.WatchAsync(WatchedOperation.From(resumeToken, _options), _http, _options, cancellationToken);

    /// <summary>Waits until the operation succeeds.</summary>
    /// <param name="accepted">The operation.</param>
    /// <param name="progress">The receiver of each new document, including the last one.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <returns>The last document. Its state is <c>Succeeded</c>.</returns>
    /// <exception cref="OperationFailedException">The operation has failed.</exception>
    /// <exception cref="CanceledOperationException">The operation was canceled.</exception>
    /// <inheritdoc cref="WatchAsync(AcceptedOperation, CancellationToken)" path="/exception"/>
    public Task<OperationStatus> WaitForCompletionAsync(
        AcceptedOperation accepted, IProgress<OperationStatus>? progress = null, CancellationToken cancellationToken = default) =>
        CompleteAsync(WatchedOperation.From(accepted, _options), progress, cancellationToken);

    /// <param name="resumeToken">The token, as for <see cref="WatchAsync(string, CancellationToken)"/>.</param>
    /// <param name="progress">The receiver of each new document, including the last one.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <exception cref="FormatException"><paramref name="resumeToken"/> is not a resume token.</exception>
    /// <inheritdoc
    ///   cref="WaitForCompletionAsync(AcceptedOperation, IProgress{OperationStatus}?, CancellationToken)"
    ///   path="/*[not(self::param)]"/>
    public Task<OperationStatus> WaitForCompletionAsync(
        string resumeToken, IProgress<OperationStatus>? progress = null, CancellationToken cancellationToken = default) =>
        CompleteAsync(WatchedOperation.From(resumeToken, _options), progress, cancellationToken);

    /// <summary>Waits until the operation succeeds, and returns its result.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="accepted">The operation.</param>
    /// <param name="resultJson">The metadata to deserialize the result with.</param>
    /// <param name="progress">The receiver of each new document, including the last one.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <returns>The result.</returns>
    /// <remarks>
    /// If the document has no result, the method returns <see langword="null"/> if <typeparamref name="TResult"/> is a
    /// <see cref="Nullable{T}"/>. Otherwise it throws <see cref="InvalidOperationException"/>. For operations without a result, call the
    /// overload without a type.
    /// </remarks>
    /// <exception cref="JsonException">The result cannot be deserialized as <typeparamref name="TResult"/>.</exception>
    /// <inheritdoc cref="WaitForCompletionAsync(AcceptedOperation, IProgress{OperationStatus}?, CancellationToken)" path="/exception"/>
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
    /// <param name="resultJson">The metadata to deserialize the result with.</param>
    /// <param name="progress">The receiver of each new document, including the last one.</param>
    /// <param name="cancellationToken">The token to monitor for cancellation requests. The operation continues.</param>
    /// <exception cref="FormatException"><paramref name="resumeToken"/> is not a resume token.</exception>
    /// <inheritdoc
    ///   cref="WaitForCompletionAsync{TResult}(AcceptedOperation, JsonTypeInfo{TResult}, IProgress{OperationStatus}?, CancellationToken)"
    ///   path="/*[not(self::param)]"/>
    public Task<TResult> WaitForCompletionAsync<TResult>(
        string resumeToken,
        JsonTypeInfo<TResult> resultJson,
        IProgress<OperationStatus>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resultJson);
        return CompleteAsync(WatchedOperation.From(resumeToken, _options), resultJson, progress, cancellationToken);
    }

    /// <summary>
    /// Waits until the operation succeeds, and returns its result. The result is deserialized by reflection with
    /// <see cref="JsonSerializerOptions.Web"/>.
    /// </summary>
    /// <inheritdoc
    ///   cref="WaitForCompletionAsync{TResult}(AcceptedOperation, JsonTypeInfo{TResult}, IProgress{OperationStatus}?, CancellationToken)"
    ///   path="/*[not(self::summary)]"/>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public Task<TResult> WaitForCompletionAsync<TResult>(
        AcceptedOperation accepted, IProgress<OperationStatus>? progress = null, CancellationToken cancellationToken = default) =>
        WaitForCompletionAsync(accepted, Reflected<TResult>(), progress, cancellationToken);

    /// <summary>
    /// Waits until the operation succeeds, and returns its result. The result is deserialized by reflection with
    /// <see cref="JsonSerializerOptions.Web"/>.
    /// </summary>
    /// <inheritdoc
    ///   cref="WaitForCompletionAsync{TResult}(string, JsonTypeInfo{TResult}, IProgress{OperationStatus}?, CancellationToken)"
    ///   path="/*[not(self::summary)]"/>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public Task<TResult> WaitForCompletionAsync<TResult>(
        string resumeToken, IProgress<OperationStatus>? progress = null, CancellationToken cancellationToken = default) =>
        WaitForCompletionAsync(resumeToken, Reflected<TResult>(), progress, cancellationToken);

    /// <summary>Disposes the HTTP client if the poller created it, which ends all polls.</summary>
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
                $"Operation {last.Id} succeeded without a result of type {typeof(TResult)}. "
                + "If an operation may have no result, call WaitForCompletionAsync without a type.");
    }
}
