namespace OffloadedPolling.Client;

/// <summary>
/// The exception that is thrown when an operation ended as <see cref="OperationState.Failed"/>. <see cref="Problem"/> contains the reason.
/// </summary>
/// <remarks>
/// A handler throws it to end its operation without a retry. <see cref="Problem"/> is written to the status document, which anyone who has
/// the status URL can read. If the problem does not fit, or cannot be serialized or read back, the operation ends as <c>Failed</c> with the
/// problem <c>result-too-large</c> or <c>result-invalid</c> instead.
/// </remarks>
public sealed class OperationFailedException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="OperationFailedException"/> class with a problem.</summary>
    /// <param name="problem">The problem.</param>
    public OperationFailedException(OperationProblem problem)
        : base(Describe(problem)) => Problem = problem;

    /// <summary>Initializes a new instance of the <see cref="OperationFailedException"/> class with a title and a detail.</summary>
    /// <param name="title">A short summary that is the same for every problem of its type.</param>
    /// <param name="detail">An explanation of this occurrence of the problem.</param>
    public OperationFailedException(string title, string? detail = null)
        : this(new OperationProblem { Title = title, Detail = detail })
    {
    }

    /// <summary>Gets the problem that the status document contains.</summary>
    public OperationProblem Problem { get; }

    /// <summary>Gets the operation's last status document.</summary>
    /// <value><see cref="OperationPoller"/> sets it. It is <see langword="null"/> if a handler throws the exception.</value>
    public OperationStatus? Status { get; init; }

    private static string Describe(OperationProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var title = problem.Title ?? problem.Type;
        return problem.Detail is null ? title : $"{title}: {problem.Detail}";
    }
}
