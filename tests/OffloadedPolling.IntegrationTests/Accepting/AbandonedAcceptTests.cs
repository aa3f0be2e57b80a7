using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Amazon.S3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.IntegrationTests.Conformance;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Tests.Conformance;

namespace OffloadedPolling.IntegrationTests.Accepting;

/// <summary>
/// Accepts that are aborted, or whose requests hang or get lost, end in time. They leave no orphaned document: a document that waits
/// for a message that was never sent.
/// </summary>
public sealed class AbandonedAcceptTests : IAsyncLifetime
{
    private const int Posts = 300;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(150);

    private RecordingProxy _s3 = null!;

    public async ValueTask InitializeAsync() => _s3 = await RecordingProxy.StartAsync(TestServers.S3);

    public ValueTask DisposeAsync() => _s3.DisposeAsync();

    [Fact]
    public async Task AcceptAsync_StoreDoesNotRespond_Returns503InTime()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var host = await CreateAsync(new Uri($"http://{silent.LocalEndpoint}"));
        var watch = Stopwatch.StartNew();

        var result = await OperationResults.AcceptAsync(host.Operations, new Parcel("Ada"));

        result.StatusCode.Should().Be(503);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10), "the accept timeout is one second");
    }

    [Fact]
    public async Task Post_AbortedByClient_LeavesNoOrphanedDocument()
    {
        await using var provider = new AwsProvider();
        await provider.PrepareAsync();
        using var arrived = new SemaphoreSlim(0);
        _s3.Intercept = async context =>
        {
            if (context.Request.Method == "PUT")
            {
                await BufferAsync(context);
                arrived.Release();
                await Task.Delay(Random.Shared.Next(60));
            }

            return false;
        };
        await using var host = await ConformanceHost.StartAsync(
            provider,
            build: builder => builder.Services.AddSingleton<IAmazonS3>(_ => TestServers.NewS3Client(_s3.Address)),
            use: app => app.MapPost("/parcel", PostAsync));
        using var http = new HttpClient();
        using (var first = await http.PostAsJsonAsync(new Uri(host.Address, "parcel"), new { }))
        {
            first.StatusCode.Should().Be(HttpStatusCode.Accepted);
        }

        // Half of the requests are aborted at a random moment. The others are aborted while a document is created, which a random
        // moment can miss on a slow machine.
        await Parallel.ForAsync(0, Posts, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, cancellationToken) =>
            await PostAndAbortAsync(
                http, host.Address,
                number % 2 == 0 ? Task.Delay(Random.Shared.Next(1, 13), cancellationToken) : arrived.WaitAsync(cancellationToken)));

        var documents = new OrphanedDocuments(host.Services);
        await documents.WaitForNoneAsync(atLeast: 10);
        await host.StopAsync();
        await documents.WaitForNoneAsync();
        host.Log.Entries.Should().NotContain(entry => entry.Id == 101);
    }

    [Fact]
    public async Task AcceptAsync_StoreHangsAndRecovers_LeavesNoOrphanedDocument()
    {
        var recovered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _s3.Intercept = async context =>
        {
            await recovered.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        };
        await using var host = await CreateAsync(_s3.Address);

        var accepts = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => OperationResults.AcceptAsync(host.Operations, new Parcel("Ada"))));
        recovered.SetResult();

        accepts.Select(result => result.StatusCode).Should().OnlyContain(status => status == 503);
        (await new OrphanedDocuments(host.Services).WaitForNoneAsync(20)).Should().Be(20);
        host.Log.Entries.Should().NotContain(entry => entry.Id == 101);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AcceptAsync_LateWrite_LeavesNoOrphanedDocument(bool afterSettlement)
    {
        var written = new ConcurrentDictionary<string, TaskCompletionSource>();
        _s3.Intercept = async context =>
        {
            if (context.Request.Method != "PUT")
            {
                return false;
            }

            var settlement = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (written.TryAdd(context.Request.Path, settlement))
            {
                await ArriveLateAsync(context);
                await (afterSettlement ? settlement.Task : Task.CompletedTask);
            }

            return false;
        };
        _s3.AfterUpstream = context =>
            (context.Response.StatusCode == 200 ? written.GetValueOrDefault(context.Request.Path) : null)?.TrySetResult();
        await using var host = await CreateAsync(_s3.Address, WithoutRetries);

        var accepts = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => OperationResults.AcceptAsync(host.Operations, new Parcel("Ada"))));

        // HttpClient resends some of the requests by itself.
        accepts.Select(result => result.StatusCode).Should().Contain(503);
        var documents = new OrphanedDocuments(host.Services);
        (await documents.WaitForNoneAsync(20)).Should().Be(20);
        await Eventually.TrueAsync(
            () => _s3.Requests.Count(request => request.Method == "PUT") >= 40, _timeout, () => "not every late write has arrived");
        (await documents.CountAsync()).Orphaned.Should().BeEmpty();
    }

    [Fact]
    public async Task AcceptAsync_CreateResponseLost_LeavesNoOrphanedDocument()
    {
        LoseCreateResponses();
        await using var host = await CreateAsync(_s3.Address, WithoutRetries);

        var result = await OperationResults.AcceptAsync(host.Operations, new Parcel("Ada"));

        result.StatusCode.Should().Be(503);
        (await new OrphanedDocuments(host.Services).WaitForNoneAsync()).Should().Be(1);
    }

    [Fact]
    public async Task AcceptAsync_CreateResponseLostWithKey_RunsWithoutRetry()
    {
        LoseCreateResponses();
        var script = new HandlerScript();
        await using var host = await CreateAsync(_s3.Address, builder =>
        {
            WithoutRetries(builder);
            builder.Services.AddSingleton(script);
            builder.AddHandler<Parcel, ParcelHandler>();
        });
        foreach (var hosted in host.Services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(default);
        }

        var result = await OperationResults.AcceptAsync(
            host.Operations, new Parcel("Ada"), new AcceptOptions { IdempotencyScope = "ada", IdempotencyKey = "0123456789abcdef" });

        result.StatusCode.Should().Be(503);
        await Eventually.TrueAsync(() => script.Delivered.Contains("Ada"), _timeout, () => "the operation has not run");
        foreach (var hosted in host.Services.GetServices<IHostedService>())
        {
            await hosted.StopAsync(default);
        }
    }

    private static Task<TestHost> CreateAsync(Uri s3, Action<IOffloadedPollingBuilder>? build = null) =>
        TestHost.CreateAsync(s3, options: options => options.AcceptTimeout = TimeSpan.FromSeconds(1), build: build);

    // No retries, so that a lost response stays lost.
    private void WithoutRetries(IOffloadedPollingBuilder builder) => builder.Services.AddSingleton<IAmazonS3>(_ => new AmazonS3Client(
        TestServers.Credentials,
        new AmazonS3Config
        {
            ServiceURL = _s3.Address.ToString(),
            AuthenticationRegion = TestServers.Region,
            ForcePathStyle = true,
            Timeout = TimeSpan.FromMilliseconds(500),
            MaxErrorRetry = 0,
            CacheHttpClient = false,
        }));

    private void LoseCreateResponses() => _s3.AfterUpstream = context =>
    {
        if (context.Request.Method == "PUT" && context.Request.Headers.IfNoneMatch == "*" && AwsAnswers.IsOfADocument(context))
        {
            context.Abort();
        }
    };

    private static async Task ArriveLateAsync(HttpContext context)
    {
        var gaveUp = context.RequestAborted;
        await BufferAsync(context);
        await Task.Delay(Timeout.Infinite, gaveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Once buffered, the write arrives even if its client disconnects.
    private static async Task BufferAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.RequestAborted = CancellationToken.None;
        context.Request.Body = new MemoryStream(body.ToArray());
    }

    private static async Task PostAsync(HttpContext context)
    {
        var operations = context.RequestServices.GetRequiredService<IOffloadedOperations>();
        var result = await OperationResults.AcceptAsync(operations, new Parcel("Ada"), context.RequestAborted);
        await result.ExecuteAsync(context);
    }

    private static async Task PostAndAbortAsync(HttpClient http, Uri host, Task moment)
    {
        using var abort = new CancellationTokenSource();
        var posting = http.PostAsJsonAsync(new Uri(host, "parcel"), new { }, abort.Token);
        await Task.WhenAny(moment, posting);
        await abort.CancelAsync();
        await ((Task)posting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
