using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>
/// Tests outages of S3, SQS, or both that last eight visibility timeouts while a backlog waits. Nothing fails, no operation loses more than
/// one delivery, and the work resumes soon afterwards.
/// </summary>
[Collection(ReliabilityRuns.Name)]
public sealed class OutageTests(ITestOutputHelper output)
{
    private const int MaxReceiveCount = 3;

    private static readonly TimeSpan _visibility = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _outage = 8 * _visibility;

    private static readonly int _operations = Scale.Of(150, 500);

    private static readonly string[] _everyWay = ["refuses", "503", "403", "hangs"];

    public static TheoryData<string, string[]> Outages => new()
    {
        { "S3", _everyWay },
        { "SQS", Scale.IsLong ? _everyWay : ["refuses"] },
        { "both", Scale.IsLong ? _everyWay : ["refuses"] },
    };

    // In parallel, because they mostly wait.
    [Theory]
    [MemberData(nameof(Outages))]
    public Task Outage_FailsNothingAndLosesAtMostOneDelivery(string server, string[] ways) =>
        Task.WhenAll(ways.Select(how => FailsNothingAsync(server, how)));

    private async Task FailsNothingAsync(string server, string how)
    {
        var runs = new ConcurrentDictionary<string, int>();
        var figures = new Figures($"outage-{server}-{how}", output);
        var (queue, deadLetters) = await TestServers.NewQueueWithDeadLettersAsync(MaxReceiveCount);
        await using var host = await TestHost.CreateAsync(queueUrl: queue);
        await using var s3 = await Outage.StartAsync(TestServers.S3, server is "S3" or "both");
        await using var sqs = await Outage.StartAsync(TestServers.Sqs, server is "SQS" or "both");
        var accepted = new List<string>();
        for (var operation = 0; operation < _operations; operation++)
        {
            accepted.Add((await host.Operations.AcceptAsync(new Parcel("Ada"))).Id);
        }

        await using var worker = await StartWorkerAsync(host, s3.Address, sqs.Address, deadLetters, runs);
        await StartedAsync(runs, _operations / 10);
        await Task.WhenAll(s3.BeginAsync(how), sqs.BeginAsync(how));
        var watch = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => watch.Elapsed >= _outage, TimeSpan.FromMinutes(5), () => "the outage is not over");
        var before = runs.Count;
        s3.End();
        sqs.End();
        watch.Restart();
        await StartedAsync(runs, Math.Min(before + 1, _operations));
        var first = watch.Elapsed;
        var ends = await RunningWorker.EndsAsync(host, accepted);

        var lost = ends.Max(end => end.Attempt - runs[end.Id]);
        figures.Write($"{_operations} operations, {before} started before the end of the outage, the next {first.TotalSeconds:0.0} s ",
            $"after it, at most {lost} deliveries lost by an operation");
        ends.Should().OnlyContain(end => end.State == OperationState.Succeeded);
        lost.Should().BeLessThanOrEqualTo(1);
        before.Should().BeLessThan(_operations, "a backlog must remain when the outage ends");
        first.Should().BeLessThan(TimeSpan.FromSeconds(10) + _visibility);
    }

    private static async Task<RunningWorker> StartWorkerAsync(
        TestHost host, Uri s3, Uri sqs, string deadLetters, ConcurrentDictionary<string, int> runs)
    {
        var worker = await TestHost.CreateAsync(
            s3, sqs, host.Bucket, host.QueueUrl,
            operation: kind => (kind.VisibilityTimeout, kind.DeadLetterQueueUrl) = (_visibility, deadLetters),
            build: builder =>
            {
                builder.Services.AddSingleton(runs);
                builder.AddHandler<Parcel, CountingHandler>().AddDeadLetterReader();
            });
        return await RunningWorker.StartAsync(worker);
    }

    private static Task StartedAsync(ConcurrentDictionary<string, int> runs, int count) =>
        Eventually.TrueAsync(() => runs.Count >= count, Scale.Patience, () => $"{runs.Count} of {count} have started");

    /// <summary>A server that becomes unavailable if the outage affects it.</summary>
    private sealed class Outage(SwitchedServer relay, RecordingProxy proxy, bool isAffected) : IAsyncDisposable
    {
        private bool _usesRelay;

        public Uri Address => relay.Address;

        public static async Task<Outage> StartAsync(Uri server, bool isAffected)
        {
            var proxy = await RecordingProxy.StartAsync(server);
            return new Outage(SwitchedServer.Start(proxy.Address), proxy, isAffected);
        }

        public async Task BeginAsync(string how)
        {
            _usesRelay = how is "refuses" or "hangs";
            switch (how)
            {
                case var _ when !isAffected:
                    break;
                case "refuses":
                    await relay.RefuseAsync();
                    break;
                case "hangs":
                    relay.Hold();
                    break;
                default:
                    proxy.Intercept = context => AnswerAsync(context, int.Parse(how, null));
                    break;
            }
        }

        public void End()
        {
            if (isAffected && _usesRelay)
            {
                relay.Recover();
            }

            proxy.Intercept = null;
        }

        public async ValueTask DisposeAsync()
        {
            await relay.DisposeAsync();
            await proxy.DisposeAsync();
        }

        private static Task<bool> AnswerAsync(HttpContext context, int status)
        {
            if (context.Request.Headers.ContainsKey("X-Amz-Target"))
            {
                return AwsAnswers.ErrorAsync(context, status == 403 ? "AccessDenied" : "ServiceUnavailable", status == 403 ? 400 : status);
            }

            // Denies reading the documents, but not listing the bucket.
            var isOfADocument = context.Request.Path.Value!.Contains("/operations/", StringComparison.Ordinal);
            return status != 403 ? AwsAnswers.XmlErrorAsync(context, "ServiceUnavailable", status)
                : isOfADocument && context.Request.Method == "GET" ? AwsAnswers.XmlErrorAsync(context, "AccessDenied", status)
                : Task.FromResult(false);
        }
    }
}
