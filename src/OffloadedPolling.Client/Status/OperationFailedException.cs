namespace OffloadedPolling.Client;

/// <summary>
/// The exception that is thrown when an operation ended as <see cref="OperationState.Failed"/>, for the reason in <see cref="Problem"/>.
/// </summary>
/// <remarks>
/// A handler throws it to end its operation without a retry. Everything in <see cref="Problem"/> is written to the status
/// document, which whoever holds the status URL can read. A problem that cannot be serialized or read back is replaced: the operation
/// ends as <c>Failed</c> with problem <c>result-invalid</c>.
/// </remarks>
public sealed class OperationFailedException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="OperationFailedException"/> class with a problem.</summary>
    /// <param name="problem">The problem.</param>
    public OperationFailedException(OperationProblem problem)
        : base(Describe(problem)) => Problem = problem;

    /// <summary>Initializes a new instance of the <see cref="OperationFailedException"/> class with a title and a detail.</summary>
    /// <param name="title">A short summary, the same for every problem of its type.</param>
    /// <param name="detail">A description of this occurrence.</param>
    public OperationFailedException(string title, string? detail = null)
        : this(new OperationProblem { Title = title, Detail = detail })
    {
    }

    /// <summary>Gets the problem, as it is in the status document.</summary>
    public OperationProblem Problem { get; }

    /// <summary>Gets the operation's last document, for callers that waited for it.</summary>
    /// <value>Set by <see cref="OperationPoller"/>; <see langword="null"/> if a handler throws the exception.</value>
    public OperationStatus? Status { get; init; }

    private static string Describe(OperationProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var title = problem.Title ?? problem.Type;
        return problem.Detail is null ? title : $"{title}: {problem.Detail}";
    }
}
