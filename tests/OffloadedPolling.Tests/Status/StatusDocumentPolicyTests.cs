using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Status;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Status;

/// <summary>What policies may change, and what happens to a document when a policy breaks the rules.</summary>
public sealed class StatusDocumentPolicyTests : IDisposable
{
    private static readonly OperationStatus _running = TestDocuments.Waiting() with
    {
        State = OperationState.Running,
        Attempt = 2,
        PercentComplete = 40,
        Message = "packing",
        ResourceLocation = "/parcel/1",
        Estimate = new OperationEstimate { Median = TimeSpan.FromSeconds(5), Upper = TimeSpan.FromSeconds(9) },
    };

    private readonly RecordingLogger _log = new();

    private readonly ParcelPolicy _policy = new();

    [Fact]
    public void AddStatusDocumentPolicy_Several_RunInOrderOnceEach()
    {
        var services = new ServiceCollection();
        services.AddOffloadedPolling()
            .AddStatusDocumentPolicy<AddsOne>().AddStatusDocumentPolicy<AddsTwo>().AddStatusDocumentPolicy<AddsOne>();
        using var provider = services.BuildServiceProvider();

        Policies([.. provider.GetServices<IStatusDocumentPolicy>()]).Apply(_running).Message.Should().Be("packing 1 2");
    }

    [Fact]
    public void Apply_AllowedChanges_AreKept()
    {
        _policy.Judge = document => document with
        {
            PercentComplete = 50, Message = null, ResourceLocation = null, Estimate = null, Result = null,
            Error = new OperationProblem { Title = "No" },
        };

        Policies().Apply(_running).Should().Be(_policy.Judge(_running));
    }

    public static TheoryData<string> Violations => [.. _violations.Keys];

    private static readonly Dictionary<string, Func<OperationStatus, OperationStatus>> _violations = new()
    {
        ["id"] = document => document with { Id = "ffffffffffffffffffffffffffffffff" },
        ["kind"] = document => document with { Kind = "letters" },
        ["status"] = document => document with { State = OperationState.Succeeded },
        ["attempt"] = document => document with { Attempt = 1 },
        ["createdAt"] = document => document with { CreatedAt = document.CreatedAt.AddDays(1) },
        ["lastUpdatedAt"] = document => document with { LastUpdatedAt = document.LastUpdatedAt.AddDays(1) },
        ["expiresAt"] = document => document with { ExpiresAt = document.ExpiresAt.AddDays(1) },
        ["null"] = _ => null!,
        ["a percentage out of range"] = document => document with { PercentComplete = 101 },
        ["a lone surrogate"] = document => document with { Result = System.Text.Json.JsonElement.Parse("\"\\ud800\"") },
        ["an undefined result"] = document => document with { Result = default(System.Text.Json.JsonElement) },
        ["a message that is too long"] = document => document with { Message = new string('x', 20_000) },
        ["no room for the final state"] = document => document with { Message = new string('x', 15_800) },
        ["an unusable estimate"] = document => document with
        {
            Estimate = new OperationEstimate { Median = TimeSpan.MaxValue, Upper = TimeSpan.MaxValue },
        },
        ["an exception"] = _ => throw new InvalidOperationException("a secret"),
        ["a cancellation"] = _ => throw new OperationCanceledException("a secret"),
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public void Apply_PolicyBreaksRules_ThrowsAndLogs(string violation)
    {
        _policy.Judge = _violations[violation];

        var thrown = FluentActions.Invoking(() => Policies().Apply(_running)).Should().ThrowExactly<StatusDocumentRefusedException>().Which;

        thrown.Message.Should().Contain(nameof(ParcelPolicy));
        thrown.Message.Should().NotContain("a secret");
        _log.Entries.Select(entry => (entry.Id, entry.Level)).Should().ContainSingle().Which.Should().Be((441, LogLevel.Error));
    }

    [Fact]
    public void Apply_HandlerDocumentTooLarge_DoesNotThrow()
    {
        var tooLarge = _running with { Message = new string('x', 20_000) };
        _policy.Judge = document => document with { PercentComplete = 41 };
        Policies().Apply(tooLarge).Should().Be(tooLarge with { PercentComplete = 41 });

        _policy.Judge = document => document with { Message = "short" };
        Policies().Apply(tooLarge).Message.Should().Be("short");
    }

    [Theory]
    [InlineData(OperationState.NotStarted, OperationState.NotStarted, null)]
    [InlineData(OperationState.Running, OperationState.Running, null)]
    [InlineData(OperationState.Canceled, OperationState.Canceled, null)]
    [InlineData(OperationState.Succeeded, OperationState.Failed, "urn:offloaded-polling:problem:status-refused")]
    [InlineData(OperationState.Failed, OperationState.Failed, "urn:offloaded-polling:problem:status-refused")]
    public void ApplyOrRedact_PolicyRefuses_KeepsOnlyLibraryMembers(OperationState state, OperationState written, string? problem)
    {
        var document = _running with
        {
            State = state,
            Result = System.Text.Json.JsonElement.Parse("1"),
            Error = new OperationProblem { Title = "No" },
        };
        _policy.Refuse(state);

        var bare = Policies().ApplyOrRedact(document);

        (bare with { Error = null }).Should().Be(TestDocuments.Waiting() with { State = written, Attempt = 2 });
        (bare.Error?.Type).Should().Be(problem);
        _log.Entries.Select(entry => (entry.Id, entry.Level)).Should().ContainSingle().Which.Should().Be((442, LogLevel.Error));
    }

    public void Dispose() => _log.Dispose();

    private StatusPolicies Policies() => Policies(_policy);

    private StatusPolicies Policies(params IStatusDocumentPolicy[] policies) =>
        new(policies, Options.Create(new OffloadedPollingOptions()), new Logger<StatusPolicies>(new LoggerFactory([_log])));

    private sealed class AddsOne : IStatusDocumentPolicy
    {
        public OperationStatus Apply(OperationStatus document) => document with { Message = document.Message + " 1" };
    }

    private sealed class AddsTwo : IStatusDocumentPolicy
    {
        public OperationStatus Apply(OperationStatus document) => document with { Message = document.Message + " 2" };
    }
}
