namespace OffloadedPolling.Client;

/// <summary>The operation ended as <see cref="OperationState.Failed"/>, for the reason in <see cref="Problem"/>.</summary>
/// <remarks>
/// A handler throws it to end its operation for good, without a retry. Everything in <see cref="Problem"/> is written to the status
/// document, which whoever holds the status URL can read. A problem that cannot be serialized or read back is replaced: the operation
/// ends as <c>Failed</c> with problem <c>result-invalid</c>.
/// </remarks>
public sealed class OperationFailedException : Exception
{
    /// <summary>Creates the exception from a whole problem.</summary>
    /// <param name="problem">The problem.</param>
    public OperationFailedException(OperationProblem problem)
        : base(Describe(problem)) => Problem = problem;

    /// <summary>Creates the exception from a title and a detail.</summary>
    /// <param name="title">A short summary, the same for every problem of its kind.</param>
    /// <param name="detail">What happened this time.</param>
    public OperationFailedException(string title, string? detail = null)
        : this(new OperationProblem { Title = title, Detail = detail })
    {
    }

    /// <summary>The problem, as it stands in the status document.</summary>
    public OperationProblem Problem { get; }

    /// <summary>The operation's last document, for those who waited for it.</summary>
    /// <value>Set by <see cref="OperationPoller"/>; <see langword="null"/> where a handler throws.</value>
    public OperationStatus? Status { get; init; }

    private static string Describe(OperationProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var title = problem.Title ?? problem.Type;
        return problem.Detail is null ? title : $"{title}: {problem.Detail}";
    }
}
