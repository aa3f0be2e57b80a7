using System.Reflection;
using OffloadedPolling.Status;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Status;

public sealed class DocumentRoomTests
{
    private const int MaxBytes = 1024;

    // The name of an operation kind has at most 64 characters.
    private static readonly OperationStatus _waiting = TestDocuments.Waiting() with { Kind = new string('k', 64) };

    [Fact]
    public void Longest_ContainsEveryLibraryProblem()
    {
        var problems = typeof(Problems).GetMembers(BindingFlags.Public | BindingFlags.Static)
            .Where(member => member is PropertyInfo { PropertyType: var type } && type == typeof(OperationProblem)
                || member is MethodInfo { IsSpecialName: false, ReturnType: var returned } && returned == typeof(OperationProblem));

        Problems.Longest.Select(problem => problem.Type).Should().OnlyHaveUniqueItems().And.HaveCount(problems.Count());
        Problems.Longest.Should().AllSatisfy(problem => Problems.IsOwn(problem).Should().BeTrue());
    }

    [Fact]
    public void ThrowIfUnfit_SmallestLimit_LeavesRoomForHost()
    {
        var shortest = _waiting with { ResourceLocation = new string('x', 200) };

        FluentActions.Invoking(() => DocumentRoom.ThrowIfUnfit(shortest, MaxBytes)).Should().NotThrow();
    }

    [Fact]
    public void ThrowIfUnfit_LargestFittingDocument_FitsInLaterStates()
    {
        var length = Enumerable.Range(0, MaxBytes).Last(length => Fits(_waiting with { ResourceLocation = new string('x', length) }));
        var largest = _waiting with { ResourceLocation = new string('x', length) };
        var running = Running(largest);
        OperationStatus[] later =
        [
            running,
            StatusTransitions.Ended(running, OperationOutcome.Canceled),
            .. Problems.Longest.Select(problem => StatusTransitions.Ended(running, OperationOutcome.Failed(problem))),
        ];

        later.Should().AllSatisfy(document => StatusDocument.Write(document, MaxBytes).Length.Should().BeLessThanOrEqualTo(MaxBytes));
        later.Max(document => StatusDocument.Write(document, MaxBytes).Length).Should()
            .BeGreaterThan(MaxBytes - 8, "no more is reserved than is needed");
        DocumentRoom.Reserved.Should().BeInRange(300, 400, "the documentation says about 350 bytes");
    }

    [Fact]
    public void ThrowIfUnfit_LibraryMembersAdded_StillFits()
    {
        var waiting = _waiting with { ResourceLocation = new string('x', 200) };
        var running = Running(waiting);

        Fits(running).Should().Be(Fits(waiting)).And.BeTrue();
    }

    [Fact]
    public void ThrowIfUnfit_EndedOperation_NeedsNoReserve()
    {
        var ended = _waiting with { State = OperationState.Succeeded, ResourceLocation = new string('x', 650) };

        Fits(ended).Should().BeTrue();
        Fits(ended with { State = OperationState.Running }).Should().BeFalse();
    }

    private static OperationStatus Running(OperationStatus waiting) => waiting with
    {
        State = OperationState.Running,
        Attempt = int.MaxValue,
        PercentComplete = 100,
        Estimate = UnusableEstimates.Longest,
    };

    private static bool Fits(OperationStatus document)
    {
        try
        {
            DocumentRoom.ThrowIfUnfit(document, MaxBytes);
            return true;
        }
        catch (StatusDocumentTooLargeException)
        {
            return false;
        }
    }
}
