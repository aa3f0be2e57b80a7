using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Processing;

/// <summary>Tests that the final write of an operation does not wait for its progress.</summary>
public sealed class TerminalWriteTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ProgressWrite_Hangs_DoesNotBlockFinalWrite()
    {
        var puts = 0;
        var hung = new TaskCompletionSource();
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        s3.Intercept = async context =>
        {
            // The third write is the progress, after the ones for created and running.
            if (context.Request.Method == "PUT" && AwsAnswers.IsOfADocument(context) && Interlocked.Increment(ref puts) == 3)
            {
                context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
                hung.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return true;
            }

            return false;
        };
        await using var host = await HostAsync(s3, hung);
        var accepted = await AcceptAndEndAsync(host);

        hung.Task.IsCompleted.Should().BeTrue("a progress write must hang");
        (await host.Operations.GetAsync(accepted.Id))!.State.Should().Be(OperationState.Succeeded);
        s3.Requests.Count(request =>
            request is { Method: "PUT", StatusCode: 200 } && request.Path.Contains(accepted.Id, StringComparison.Ordinal)).Should().Be(3);
    }

    [Fact]
    public async Task ProgressWrite_ArrivesAfterEnd_IsRejectedByS3()
    {
        var puts = 0;
        var hung = new TaskCompletionSource();
        HttpRequestMessage? late = null;
        await using var s3 = await RecordingProxy.StartAsync(TestServers.S3);
        s3.Intercept = async context =>
        {
            // The third write is the progress, after the ones for created and running. It is held back.
            if (context.Request.Method != "PUT" || !AwsAnswers.IsOfADocument(context) || Interlocked.Increment(ref puts) != 3)
            {
                return false;
            }

            late = await CopyAsync(context.Request);
            hung.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        await using var host = await HostAsync(s3, hung);
        var accepted = await AcceptAndEndAsync(host);

        var end = await host.Store.GetAsync(accepted.Id, default);
        using var http = new HttpClient();
        using var answer = await http.SendAsync(late!);

        answer.StatusCode.Should().Be(HttpStatusCode.PreconditionFailed);
        end!.Status.State.Should().Be(OperationState.Succeeded);
        (await host.Store.GetAsync(accepted.Id, default))!.Version.Should().Be(end.Version);
    }

    private static Task<TestHost> HostAsync(RecordingProxy s3, TaskCompletionSource hung) =>
        TestHost.CreateAsync(s3.Address, options: options => options.MinProgressInterval = TimeSpan.Zero, build: builder =>
        {
            builder.AddHandler<Parcel, AfterProgressHandler>();
            builder.Services.AddSingleton(hung);
        });

    private static async Task<AcceptedOperation> AcceptAndEndAsync(TestHost host)
    {
        var accepted = await host.Operations.AcceptAsync(new Parcel("Ada"));
        var hosted = host.Services.GetServices<IHostedService>().ToList();
        foreach (var service in hosted)
        {
            await service.StartAsync(default);
        }

        OperationStatus? last = null;
        await Eventually.TrueAsync(
            async () => (last = await host.Operations.GetAsync(accepted.Id))!.State.IsTerminal(), _timeout, () => $"the status is {last}");
        foreach (var service in hosted)
        {
            await service.StopAsync(default);
        }

        return accepted;
    }

    /// <summary>Copies a request and directs it to S3. The copy keeps the Host header, because the signature covers it.</summary>
    private static async Task<HttpRequestMessage> CopyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var copy = new HttpRequestMessage(
            new HttpMethod(request.Method), new Uri(TestServers.S3, request.Path.ToString() + request.QueryString))
        {
            Content = new ByteArrayContent(body.ToArray()),
        };
        foreach (var (name, value) in request.Headers)
        {
            if (!copy.Headers.TryAddWithoutValidation(name, value.ToString()))
            {
                copy.Content.Headers.TryAddWithoutValidation(name, value.ToString());
            }
        }

        return copy;
    }

    /// <summary>A handler that returns as soon as its progress write has started.</summary>
    private sealed class AfterProgressHandler(TaskCompletionSource hung) : IOperationHandler<Parcel, string>
    {
        public async Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken)
        {
            await context.ReportProgressAsync(50, "half", cancellationToken);
            await hung.Task.WaitAsync(cancellationToken);
            return "done";
        }
    }
}
