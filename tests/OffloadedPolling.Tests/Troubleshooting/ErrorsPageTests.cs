using OffloadedPolling.Status;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Troubleshooting;

public sealed class ErrorsPageTests
{
    [Fact]
    public void ErrorsPage_ListsEveryProblem()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/reference/errors.md"));

        Problems.Longest.Should().AllSatisfy(problem =>
            page.Should().Contain($"| `{problem.Type.Split(':')[^1]}` | {problem.Title} |"));
    }
}
