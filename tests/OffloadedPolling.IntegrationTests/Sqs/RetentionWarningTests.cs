using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Sqs;

/// <summary>Tests the warning at startup that messages outlive their documents.</summary>
public sealed class RetentionWarningTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Start_QueueRetentionIsLonger_Warns()
    {
        await using var host = await TestHost.CreateAsync(options: options => options.Retention = TimeSpan.FromDays(1));

        await StartAsync(host);

        await Eventually.TrueAsync(() => host.Log.Entries.Any(entry => entry.Id == 304), _timeout, () => "the warning was not logged");
        var text = host.Log.Entries.Should().ContainSingle(entry => entry.Id == 304).Which.Text;
        ((string[])["1.00:00:00", "4.00:00:00", "Retention", "parcels"]).Should().AllSatisfy(part => text.Should().Contain(part));
    }

    [Fact]
    public async Task Start_RetentionsAreEqual_DoesNotWarn()
    {
        await using var sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        await using var host = await TestHost.CreateAsync(sqs: sqs.Address, options: options => options.Retention = TimeSpan.FromDays(4));

        var warning = await StartAsync(host);
        await warning.ExecuteTask!.WaitAsync(_timeout);
        await host.Operations.AcceptAsync(new Parcel("Ada"));

        host.Log.Entries.Should().NotContain(entry => entry.Id == 304);
        sqs.Requests.Should().ContainSingle(request => request.Target == "AmazonSQS.GetQueueAttributes");
    }

    [Fact]
    public async Task Start_SqsHangs_DoesNotWait()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var host = await TestHost.CreateAsync(sqs: new Uri($"http://{silent.LocalEndpoint}"));

        var warning = await StartAsync(host).WaitAsync(_timeout);

        warning.ExecuteTask!.IsCompleted.Should().BeFalse("the start must not wait for SQS");
        silent.Stop();
        await warning.ExecuteTask.WaitAsync(_timeout);
        host.Log.Entries.Should().Contain(entry => entry.Id == 301);
    }

    private static async Task<BackgroundService> StartAsync(TestHost host)
    {
        var warning = host.Services.GetServices<IHostedService>().OfType<OffloadedPolling.Sqs.SqsRetentionWarning>().Single();
        await warning.StartAsync(default);
        return warning;
    }
}
