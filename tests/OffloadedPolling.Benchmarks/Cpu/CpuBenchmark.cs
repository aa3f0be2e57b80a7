using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SQS;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.Benchmarks.Cpu;

/// <summary>Compares the CPU time of an accept and of a processed operation with hand-written SDK code for the same requests.</summary>
internal static class CpuBenchmark
{
    private const string QueueUrl = "http://127.0.0.1/000000000000/orders";

    private const int AtOnce = 16;

    public static async Task<int> RunAsync(int rounds, int operations)
    {
        using var server = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, ["cpu-server"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var address = (await server.StandardOutput.ReadLineAsync())!;
        try
        {
            var credentials = new BasicAWSCredentials("key", "secret");
            using var s3 = new AmazonS3Client(
                credentials, new AmazonS3Config { ServiceURL = address, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
            using var sqs = new AmazonSQSClient(
                credentials, new AmazonSQSConfig { ServiceURL = address, AuthenticationRegion = "us-east-1" });
            var bare = new BareCalls(s3, sqs, QueueUrl);
            var (accepts, works) = (new List<double>(), new List<double>());
            for (var round = 0; round <= rounds; round++)
            {
                var (bareAccept, accept) =
                    (await AcceptAsync(operations, bare.AcceptAsync), await AcceptWithLibraryAsync(s3, sqs, operations));
                var (bareWork, work) =
                    (await WorkAsync(address, operations, bare.WorkAsync), await WorkWithLibraryAsync(address, s3, sqs, operations));
                var name = round == 0 ? "warm-up" : $"round {round}";
                Write($"{name}: accept {accept:F0} µs, bare {bareAccept:F0}; processed {work:F0} µs, bare {bareWork:F0}");
                if (round > 0)
                {
                    accepts.Add(accept / bareAccept);
                    works.Add(work / bareWork);
                }
            }

            Write($"CPU time of the library divided by that of the bare calls, medians of {rounds} rounds:");
            Write($"accept {Median(accepts):F2}, processed operation {Median(works):F2}");
            return 0;
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
        }
    }

    private static async Task<double> AcceptWithLibraryAsync(IAmazonS3 s3, IAmazonSQS sqs, int operations)
    {
        using var host = NewHost(s3, sqs, isWorker: false);
        var library = host.Services.GetRequiredService<IOffloadedOperations>();
        return await AcceptAsync(operations, order => library.AcceptAsync(order, CancellationToken.None));
    }

    private static Task<double> AcceptAsync(int operations, Func<CpuOrder, Task> accept) => MeasureAsync(operations, () =>
        Parallel.ForEachAsync(Enumerable.Range(0, operations), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) =>
            await accept(CpuOrder.Example)));

    private static async Task<double> WorkWithLibraryAsync(string address, IAmazonS3 s3, IAmazonSQS sqs, int operations)
    {
        CpuOrderHandler.Left = new CountdownEvent(operations);
        using var host = NewHost(s3, sqs, isWorker: true);
        return await WorkAsync(address, operations, async () =>
        {
            await host.StartAsync();
            await Task.Run(CpuOrderHandler.Left.Wait);
            await host.StopAsync();
        });
    }

    private static async Task<double> WorkAsync(string address, int operations, Func<Task> work)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        (await http.PostAsync($"/messages/{operations}", null)).EnsureSuccessStatusCode();
        return await MeasureAsync(operations, work);
    }

    private static IHost NewHost(IAmazonS3 s3, IAmazonSQS sqs, bool isWorker)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(s3).AddSingleton(sqs);
        var polling = builder.Services.AddOffloadedPolling()
            .WithS3(options => (options.BucketName, options.RequireConditionalWrites) = (BareCalls.Bucket, false))
            .WithSqs()
            .AddOperation<CpuOrder>("orders", CpuJson.Default, options => (options.QueueUrl, options.MaxConcurrency) = (QueueUrl, AtOnce));
        if (isWorker)
        {
            polling.AddHandler<CpuOrder, CpuOrderHandler>();
        }

        return builder.Build();
    }

    private static async Task<double> MeasureAsync(int operations, Func<Task> work)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await work();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMicroseconds / operations;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Write(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}

internal sealed record CpuOrder(string Customer, CpuItem[] Items)
{
    public static CpuOrder Example { get; } = new("Ada", [new CpuItem("book", 1)]);
}

internal sealed record CpuItem(string Sku, int Quantity);

internal sealed class CpuOrderHandler : IOperationHandler<CpuOrder, string>
{
    public static CountdownEvent Left { get; set; } = new(1);

    public Task<string> HandleAsync(OperationContext<CpuOrder> context, CancellationToken cancellationToken)
    {
        Left.Signal();
        return Task.FromResult("done");
    }
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CpuOrder))]
[JsonSerializable(typeof(string))]
internal sealed partial class CpuJson : JsonSerializerContext;
