using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OffloadedPolling.Provisioning;

namespace Snippets;

internal static partial class BucketAndQueues
{
    public static async Task<int> ApplyAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithS3()
            .WithSqs()
            .AddOperation<CreateOrder>("orders", OrdersJson.Default)
            .AddProvisioning();

        using var host = builder.Build();
        var queues = await host.Services.GetRequiredService<OperationQueues>().ApplyAsync();
        var bucket = await host.Services.GetRequiredService<StatusBucket>().ApplyAsync();
        Console.WriteLine(queues);
        Console.WriteLine(bucket);
        return queues.IsInSync && bucket.IsInSync ? 0 : 1;
    }

    public static void WriteTemplates(IHost host)
    {
        File.WriteAllText("bucket.template.json", host.Services.GetRequiredService<StatusBucket>().ToCloudFormation());
        File.WriteAllText("queues.template.json", host.Services.GetRequiredService<OperationQueues>().ToCloudFormation());
    }

    internal sealed record CreateOrder(string Customer);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(CreateOrder))]
    internal sealed partial class OrdersJson : JsonSerializerContext;
}
