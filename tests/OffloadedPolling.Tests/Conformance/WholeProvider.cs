namespace OffloadedPolling.Tests.Conformance;

/// <summary>Fails if a provider leaves out a suite.</summary>
public abstract class WholeProvider<TProvider>
    where TProvider : IProvider, new()
{
    [Fact]
    public void Provider_RunsEverySuite()
    {
        var suites = typeof(IProvider).Assembly.GetTypes().Where(IsSuite).ToList();
        var missing = suites.Where(suite => !GetType().Assembly.GetExportedTypes().Any(type =>
            type is { IsAbstract: false } && type.IsAssignableTo(suite.MakeGenericType(typeof(TProvider))))).Select(suite => suite.Name);

        suites.Count.Should().BeGreaterThanOrEqualTo(5, "the suites were not found");
        missing.Should().BeEmpty();
    }

    private static bool IsSuite(Type type) =>
        type is { IsAbstract: true, BaseType: { IsGenericType: true } parent }
        && parent.GetGenericTypeDefinition() == typeof(ConformanceSuite<>);
}
