using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>The results of the accepted operations, read from S3 and from the <see cref="WriteWitness"/>.</summary>
internal sealed class Outcome(IReadOnlyCollection<DocumentHistory> histories)
{
    private const int AtOnce = 16;

    public int Versions => histories.Sum(history => history.Versions.Count);

    /// <summary>Gets the number of operations that needed more than one attempt.</summary>
    public int Repeated => histories.Count(history => history.Newest!.Attempt > 1);

    public int MostAttempts => histories.Max(history => history.Newest!.Attempt ?? 0);

    /// <summary>
    /// Waits until all operations have ended, and asserts that none is lost: each has a document and there are no others, each succeeded,
    /// and none changed after its end.
    /// </summary>
    public static async Task<Outcome> OfAsync(IReadOnlyCollection<string> accepted, string bucket, WriteWitness witness)
    {
        await using var reader = await TestHost.CreateAsync(bucket: bucket);
        await Parallel.ForEachAsync(accepted, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (id, _) =>
            await Eventually.TrueAsync(
                async () => (await reader.Store.GetAsync(id, default))?.Status.State.IsTerminal() == true,
                Scale.Patience,
                () => $"{id} has not ended"));

        var histories = await witness.ReadAsync(bucket);
        histories.Values.SelectMany(history => history.Flaws).Take(10).Should().BeEmpty();
        histories.Keys.Order().Should().Equal(accepted.Order());
        histories.Values.Where(history => history.Newest!.State != OperationState.Succeeded).Select(history => history.Newest).Take(10)
            .Should().BeEmpty();
        return new Outcome([.. histories.Values]);
    }

    /// <summary>Asserts that the work was done: the API returns each order.</summary>
    public static Task AssertOrdersAsync(IEnumerable<string> ids, Uri api, HttpClient http) =>
        Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (id, cancellationToken) =>
        {
            using var order = await http.GetAsync(new Uri(api, $"/order/{id}"), cancellationToken);
            order.IsSuccessStatusCode.Should().BeTrue($"Order {id}: {order.StatusCode}");
        });
}
