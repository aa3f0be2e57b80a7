using System.Text.Json;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Client.Polling;

/// <summary>
/// One scenario of tests/scenarios/polling.json, which every implementation of the poller runs. It defines what the host and the store
/// return from which second on, and what a caller without jitter does.
/// </summary>
public sealed record PollScenario
{
    public static string File { get; } = Repository.PathOf("tests/scenarios/polling.json");

    public static IReadOnlyList<PollScenario> All { get; } =
        JsonSerializer.Deserialize<PollScenario[]>(System.IO.File.ReadAllBytes(File), JsonSerializerOptions.Web)!;

    public required string Name { get; init; }

    /// <summary>Gets the 202 response, or <see langword="null"/> for a caller that resumes with the operation URL.</summary>
    public AcceptAnswer? Accepted { get; init; }

    public PollOptions Options { get; init; } = new();

    public double CallerClockAhead { get; init; }

    /// <summary>Gets how many seconds a status URL works, or <see langword="null"/> if it never expires.</summary>
    public double? UrlLifetime { get; init; }

    /// <summary>Gets the host's responses to requests for a new status URL. The default is 200.</summary>
    public IReadOnlyList<Answer> Host { get; init; } = [];

    public required IReadOnlyList<Answer> Store { get; init; }

    public required double[] Polls { get; init; }

    public double[] Renewals { get; init; } = [];

    public required string[] States { get; init; }

    /// <summary>Gets the final state, or "lost".</summary>
    public required string End { get; init; }

    public override string ToString() => Name;

    public sealed record AcceptAnswer(string Status, double RetryAfter, OperationEstimate? Estimate = null, bool Repeated = false);

    public sealed record PollOptions(double? AtLeastEvery = null, double? TargetDelay = null);

    public sealed record Answer(double From, int Code = 200, int? RetryAfter = null, Written? Document = null);

    public sealed record Written(
        string Status,
        double LastUpdatedAt,
        double? CreatedAt = null,
        OperationEstimate? Estimate = null,
        int? PercentComplete = null,
        OperationProblem? Error = null);
}
