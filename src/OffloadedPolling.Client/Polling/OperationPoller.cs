using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OffloadedPolling.Client;

/// <summary>
/// Follows operations to their end by looking at their status URLs: as seldom as their estimates allow, and never at the host.
/// </summary>
/// <remarks>
/// Thread-safe; one for all operations of a process, each with its own <c>Watch…</c> or <c>WaitFor…</c>. Looks that fail are made again,
/// after a back-off, for as long as the wait lasts: set <see cref="OperationPollerOptions.Timeout"/>, or cancel. A status URL that has expired
/// is renewed at the operation URL. Status URLs are credentials: nothing thrown here holds one, and nothing else is sent to them.
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
        "The result is deserialized by reflection. Pass the JsonTypeInfo of a JsonSerializerContext where the caller is trimmed or compiled ahead of time.";

    private readonly HttpClient _http;

    private readonly HttpClient? _ownHttp;

    private readonly OperationPollerOptions _options;

    /// <summary>Creates a poller with an HTTP client of its own.</summary>
    public OperationPoller()
        : this(new OperationPollerOptions())
    {
    }

    /// <summary>Creates a poller with an HTTP client of its own.</summary>
    /// <param name="options">How to look.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public OperationPoller(OperationPollerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Checked();
        _http = _ownHttp = BareHttpClient.Create();
    }

    /// <summary>Creates a poller that looks with an HTTP client of the caller's.</summary>
    /// <param name="http">
    /// A client that follows no redirects, keeps no cookies and has no default headers but <c>User-Agent</c> and <c>Accept…</c>, since the
    /// store gets what it sends. It needs no retries, and its base address does not matter. Not disposed.
    /// </param>
    /// <param name="options">How to look.</param>
    /// <exception cref="ArgumentException">The client sends other headers, or a setting is out of its range.</exception>
    public OperationPoller(HttpClient http, OperationPollerOptions? options = null)
    {
        _http = BareHttpClient.Checked(http);
        _options = (options ?? new OperationPollerOptions()).Checked();
    }

    /// <summary>Reads the body of a <c>202 Accepted</c>, or of a <c>200</c> from <c>GET /operations/{id}/url</c>.</summary>
    /// <param name="response">The host's answer. Not disposed.</param>
    /// <param name="cancel">Stops the reading.</param>
    /// <returns>The operation, its <see cref="AcceptedOperation.OperationUrl"/> made absolute by the address that was asked.</returns>
    /// <exception cref="HttpRequestException">
    /// The host answers something else: the message says what, with the problem's title and detail if the body is one.
    /// </exception>
    /// <exception cref="JsonException">The body is no accepted operation.</exception>
    public static Task<AcceptedOperation> ReadAcceptedAsync(HttpResponseMessage response, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        return AcceptedResponse.ReadAsync(response, cancel);
    }

    /// <summary>A text to go on from, also in another process.</summary>
    /// <param name="accepted">The operation.</param>
    /// <returns>
    /// Base64url. Where the operation URL is known, and absolute or made so by <see cref="OperationPollerOptions.HostAddress"/>, the text
    /// holds that and the id, and is no credential; going on begins with a request to the host. Where it is not, the text holds the status
    /// URL: then it is a credential, of no use once that has expired, and in no exception.
    /// </returns>
    /// <exception cref="ArgumentException">The status URL is no absolute http or https URL.</exception>
    public string GetResumeToken(AcceptedOperation accepted) => ResumeToken.Of(WatchedOperation.From(accepted, _options));

    /// <summary>Each new status document, the terminal one last. <c>Failed</c> and <c>Canceled</c> do not throw.</summary>
    /// <param name="accepted">The operation.</param>
    /// <param name="cancel">Stops the watching; the operation goes on.</param>
    /// <returns>The documents, never an older one after a newer one. Looking goes no further than the enumeration does.</returns>
    /// <exception cref="ArgumentException">The operation cannot be watched: its URLs are not what they should be.</exception>
    /// <exception cref="OperationUnavailableException">The operation cannot be followed any further.</exception>
    /// <exception cref="OperationTimeoutException">
    /// <see cref="OperationPollerOptions.Timeout"/>, from the first step of the enumeration, is over.
    /// </exception>
    /// <exception cref="InvalidOperationException">Host, store or HTTP client is not set up right: the message says how.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was canceled.</exception>
    public IAsyncEnumerable<OperationStatus> WatchAsync(AcceptedOperation accepted, CancellationToken cancel = default) =>
        WatchCoreAsync(WatchedOperation.From(accepted, _options), cancel);

    /// <param name="resumeToken">
    /// What <see cref="GetResumeToken"/> or an exception gave. Keep it where nobody can change it. Where
    /// <see cref="OperationPollerOptions.AuthorizeRenewal"/> is set, <see cref="OperationPollerOptions.HostAddress"/> has to be, too.
    /// </param>
    /// <param name="cancel">Stops the watching; the operation goes on.</param>
    /// <exception cref="FormatException"><paramref name="resumeToken"/> is no such text.</exception>
    /// <inheritdoc cref="WatchAsync(AcceptedOperation, CancellationToken)"/>
    public IAsyncEnumerable<OperationStatus> WatchAsync(string resumeToken, CancellationToken cancel = default) =>
        WatchCoreAsync(WatchedOperation.From(resumeToken, _options), cancel);

    /// <summary>Waits until the operation has succeeded.</summary>
    /// <param name="accepted">The operation.</param>
    /// <param name="progress">Told of each new document, the last one included.</param>
    /// <param name="cancel">Stops the waiting; the operation goes on.</param>
    /// <returns>The last document, which is <c>Succeeded</c>.</returns>
    /// <exception cref="OperationFailedException">The operation has failed.</exception>
    /// <exception cref="CanceledOperationException">The operation was canceled.</exception>
    /// <inheritdoc cref="WatchAsync(AcceptedOperation, CancellationToken)"/>
    public Task<OperationStatus> WaitForCompletionAsync(
        AcceptedOperation accepted, IProgress<OperationStatus>? progress = null, CancellationToken cancel = default) =>
        CompleteAsync(WatchedOperation.From(accepted, _options), progress, cancel);

    /// <param name="resumeToken">
    /// What <see cref="GetResumeToken"/> or an exception gave. Keep it where nobody can change it. Where
    /// <see cref="OperationPollerOptions.AuthorizeRenewal"/> is set, <see cref="OperationPollerOptions.HostAddress"/> has to be, too.
    /// </param>
    /// <param name="progress">Told of each new document, the last one included.</param>
    /// <param name="cancel">Stops the waiting; the operation goes on.</param>
    /// <exception cref="FormatException"><paramref name="resumeToken"/> is no such text.</exception>
    /// <inheritdoc cref="WaitForCompletionAsync(AcceptedOperation, IProgress{OperationStatus}?, CancellationToken)"/>
    public Task<OperationStatus> WaitForCompletionAsync(
        string resumeToken, IProgress<OperationStatus>? progress = null, CancellationToken cancel = default) =>
        CompleteAsync(WatchedOperation.From(resumeToken, _options), progress, cancel);

    /// <summary>Waits until the operation has succeeded, and reads its result.</summary>
    /// <typeparam name="TResult">What the handler returned.</typeparam>
    /// <param name="accepted">The operation.</param>
    /// <param name="resultJson">How the result is read.</param>
    /// <param name="progress">Told of each new document, the last one included.</param>
    /// <param name="cancel">Stops the waiting; the operation goes on.</param>
    /// <returns>The result.</returns>
    /// <remarks>
    /// A document without a result gives <see langword="null"/> where <typeparamref name="TResult"/> is a <see cref="Nullable{T}"/>, and
    /// throws <see cref="InvalidOperationException"/> otherwise: wait without a type for operations that have none.
    /// </remarks>
    /// <exception cref="JsonException">The result is no <typeparamref name="TResult"/>.</exception>
    /// <inheritdoc cref="WaitForCompletionAsync(AcceptedOperation, IProgress{OperationStatus}?, CancellationToken)"/>
    public Task<TResult> WaitForCompletionAsync<TResult>(
        AcceptedOperation accepted, JsonTypeInfo<TResult> resultJson, IProgress<OperationStatus>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(resultJson);
        return CompleteAsync(WatchedOperation.From(accepted, _options), resultJson, progress, cancel);
    }

    /// <param name="resumeToken">
    /// What <see cref="GetResumeToken"/> or an exception gave. Keep it where nobody can change it. Where
    /// <see cref="OperationPollerOptions.AuthorizeRenewal"/> is set, <see cref="OperationPollerOptions.HostAddress"/> has to be, too.
    /// </param>
    /// <param name="resultJson">How the result is read.</param>
    /// <param name="progress">Told of each new document, the last one included.</param>
    /// <param name="cancel">Stops the waiting; the operation goes on.</param>
    /// <exception cref="FormatException"><paramref name="resumeToken"/> is no such text.</exception>
    /// <inheritdoc cref="WaitForCompletionAsync{TResult}(AcceptedOperation, JsonTypeInfo{TResult}, IProgress{OperationStatus}?, CancellationToken)"/>
    public Task<TResult> WaitForCompletionAsync<TResult>(
        string resumeToken, JsonTypeInfo<TResult> resultJson, IProgress<OperationStatus>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(resultJson);
        return CompleteAsync(WatchedOperation.From(resumeToken, _options), resultJson, progress, cancel);
    }

    /// <summary>Waits until the operation has succeeded, and reads its result by reflection, in camelCase.</summary>
    /// <inheritdoc cref="WaitForCompletionAsync{TResult}(AcceptedOperation, JsonTypeInfo{TResult}, IProgress{OperationStatus}?, CancellationToken)"/>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public Task<TResult> WaitForCompletionAsync<TResult>(
        AcceptedOperation accepted, IProgress<OperationStatus>? progress = null, CancellationToken cancel = default) =>
        WaitForCompletionAsync(accepted, Reflected<TResult>(), progress, cancel);

    /// <summary>Waits until the operation has succeeded, and reads its result by reflection, in camelCase.</summary>
    /// <inheritdoc cref="WaitForCompletionAsync{TResult}(string, JsonTypeInfo{TResult}, IProgress{OperationStatus}?, CancellationToken)"/>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public Task<TResult> WaitForCompletionAsync<TResult>(
        string resumeToken, IProgress<OperationStatus>? progress = null, CancellationToken cancel = default) =>
        WaitForCompletionAsync(resumeToken, Reflected<TResult>(), progress, cancel);

    /// <summary>Ends the looks of all waits, if the HTTP client is the poller's own.</summary>
    public void Dispose() => _ownHttp?.Dispose();

    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    private static JsonTypeInfo<TResult> Reflected<TResult>() => (JsonTypeInfo<TResult>)JsonSerializerOptions.Web.GetTypeInfo(typeof(TResult));

    private async IAsyncEnumerable<OperationStatus> WatchCoreAsync(WatchedOperation operation, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var watch = new OperationWatch(operation, _http, _options);
        OperationStatus status;
        do
        {
            status = await watch.NextAsync(cancel).ConfigureAwait(false);
            yield return status;
        }
        while (!status.State.IsTerminal());
    }

    private async Task<OperationStatus> CompleteAsync(WatchedOperation operation, IProgress<OperationStatus>? progress, CancellationToken cancel)
    {
        OperationStatus? last = null;
        await foreach (var status in WatchCoreAsync(operation, cancel).ConfigureAwait(false))
        {
            progress?.Report(status);
            last = status;
        }

        return last!.State switch
        {
            OperationState.Succeeded => last,
            OperationState.Failed => throw new OperationFailedException(last.Error ?? new OperationProblem { Title = "The operation failed" }) { Status = last },
            _ => throw new CanceledOperationException(last),
        };
    }

    private async Task<TResult> CompleteAsync<TResult>(
        WatchedOperation operation, JsonTypeInfo<TResult> resultJson, IProgress<OperationStatus>? progress, CancellationToken cancel)
    {
        var last = await CompleteAsync(operation, progress, cancel).ConfigureAwait(false);
        return last.Result is { } json && json.Deserialize(resultJson) is { } result
            ? result
            : Nullable.GetUnderlyingType(typeof(TResult)) is not null
                ? default!
                : throw new InvalidOperationException(
                    $"Operation {last.Id} succeeded without a result of type {typeof(TResult)}. Wait without a type where there may be none.");
    }
}
