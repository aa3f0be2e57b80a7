using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Processing;

/// <summary>Tests one host with two kinds, each with its own queue, settings, and handler.</summary>
public sealed class SeveralKindsTests
{
    [Fact]
    public async Task TwoKinds_UseTheirOwnQueuesAndHandlers()
    {
        var letters = await TestServers.NewQueueAsync();
        await using var host = await TestHost.CreateAsync(build: builder => builder
            .AddHandler<Parcel, ParcelEcho>()
            .AddOperation<Letter>("letters", LetterJson.Default, kind => kind.QueueUrl = letters)
            .AddHandler<Letter, LetterEcho>());
        var parcel = await host.Operations.AcceptAsync(new Parcel("Ada"));
        var letter = await host.Operations.AcceptAsync(new Letter("Dear Bob"));
        (await CountAsync(letters)).Should().Be(1);
        (await CountAsync(host.QueueUrl)).Should().Be(1);

        var workers = host.Services.GetServices<IHostedService>().ToList();
        workers.ForEach(worker => worker.StartAsync(default).GetAwaiter().GetResult());

        (await EndAsync(host, parcel.Id)).Should().Be(("parcels", "parcel to Ada"));
        (await EndAsync(host, letter.Id)).Should().Be(("letters", "Dear Bob"));
        host.Operations.Kinds.Order().Should().Equal("letters", "parcels");
        foreach (var worker in workers)
        {
            await worker.StopAsync(default);
        }
    }

    private static async Task<(string Kind, string? Result)> EndAsync(TestHost host, string id)
    {
        OperationStatus? last = null;
        await Eventually.TrueAsync(
            async () => (last = await host.Operations.GetAsync(id))!.State.IsTerminal(), TimeSpan.FromSeconds(30),
            () => $"the status is {last}");
        return (last!.Kind, last.Result!.Value.GetString());
    }

    private static async Task<int?> CountAsync(string queueUrl)
    {
        using var sqs = TestServers.NewSqsClient();
        return (await sqs.GetQueueAttributesAsync(queueUrl, ["All"])).ApproximateNumberOfMessages;
    }

    internal sealed class ParcelEcho : IOperationHandler<Parcel, string>
    {
        public Task<string> HandleAsync(OperationContext<Parcel> context, CancellationToken cancellationToken) =>
            Task.FromResult($"parcel to {context.Payload.To}");
    }

    internal sealed class LetterEcho : IOperationHandler<Letter, string>
    {
        public Task<string> HandleAsync(OperationContext<Letter> context, CancellationToken cancellationToken) =>
            Task.FromResult(context.Payload.Text);
    }
}

internal sealed record Letter(string Text);

[JsonSerializable(typeof(Letter))]
[JsonSerializable(typeof(string))]
internal sealed partial class LetterJson : JsonSerializerContext;
