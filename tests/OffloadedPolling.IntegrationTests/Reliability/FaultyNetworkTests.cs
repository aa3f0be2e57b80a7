using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SQS;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Tests operations while one in ten requests to S3 and SQS fails in one of several ways.</summary>
[Collection(ReliabilityRuns.Name)]
public sealed class FaultyNetworkTests(ITestOutputHelper output)
{
    private const int Callers = 8;

    private const int Seed = 20261124;

    private static readonly int _operations = Scale.Of(60, 2_000);

    private readonly Effects _effects = new();

    private readonly ConcurrentBag<string> _accepted = [];

    private int _acceptRetries;

    /// <summary>Runs with the SDK's usual retries, and without them, because they hide most faults from the library.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(0)]
    public async Task Network_OneInTenRequestsFails_EndsEachOperationOnce(int sdkRetries)
    {
        var figures = new Figures($"faulty-network-{sdkRetries}-sdk-retries", output);
        await using var witness = await WriteWitness.StartAsync();
        await using var network = await FaultyNetwork.StartAsync(witness.Address, TestServers.Sqs, Seed);
        await using var host = await TestHost.CreateAsync(
            options: options => options.MinProgressInterval = TimeSpan.Zero,
            operation: operation => operation.VisibilityTimeout = TimeSpan.FromSeconds(3),
            build: builder =>
            {
                builder.Services.AddSingleton<IAmazonS3>(_ => new AmazonS3Client(
                    TestServers.Credentials, With(new AmazonS3Config { ForcePathStyle = true }, network.S3, sdkRetries)));
                builder.Services.AddSingleton<IAmazonSQS>(_ =>
                    new AmazonSQSClient(TestServers.Credentials, With(new AmazonSQSConfig(), network.Sqs, sdkRetries)));
                builder.Services.AddSingleton(_effects);
                builder.AddHandler<Parcel, CountedHandler>();
            });
        var hosted = host.Services.GetServices<IHostedService>().ToList();
        hosted.ForEach(service => service.StartAsync(default).GetAwaiter().GetResult());

        await Parallel.ForEachAsync(Enumerable.Range(0, _operations), new ParallelOptions { MaxDegreeOfParallelism = Callers }, (_, _) =>
            AcceptAsync(host.Operations));
        var outcome = await Outcome.OfAsync(_accepted, host.Bucket, witness);
        foreach (var service in hosted)
        {
            await service.StopAsync(default);
        }

        var faults = string.Join(", ", network.Done.Select(done => $"{done.Key} {done.Value}"));
        var runs = _effects.Runs.Values.Sum();
        figures.Write($"{_operations} operations, {network.Requests} requests, {network.Done.Values.Sum()} faults ({faults}), ",
            $"{_acceptRetries} accepts retried, {outcome.Versions} versions, {outcome.Repeated} operations needed more than one ",
            $"attempt, {runs} runs");
        _accepted.Should().HaveCount(_operations);
        _effects.Runs.Keys.Order().Should().Equal(_accepted.Order());
        network.Done.Should().AllSatisfy(done => done.Value.Should().BeGreaterThan(0, $"{done.Key} never happened"));
    }

    private static TConfig With<TConfig>(TConfig config, Uri address, int retries)
        where TConfig : ClientConfig
    {
        config.ServiceURL = address.ToString();
        config.AuthenticationRegion = TestServers.Region;
        config.Timeout = TimeSpan.FromSeconds(30);
        config.MaxErrorRetry = retries;
        config.CacheHttpClient = false;
        return config;
    }

    private async ValueTask AcceptAsync(IOffloadedOperations operations)
    {
        var options = new AcceptOptions { IdempotencyKey = Guid.NewGuid().ToString(), IdempotencyScope = "tests" };
        while (true)
        {
            try
            {
                _accepted.Add((await operations.AcceptAsync(new Parcel(options.IdempotencyKey), options, default)).Id);
                return;
            }
            catch (OffloadedPollingException)
            {
                Interlocked.Increment(ref _acceptRetries);
            }
        }
    }
}
