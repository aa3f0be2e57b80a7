using Amazon.DynamoDBv2;

namespace Orders;

internal static class DynamoDbOrderStoreServiceCollectionExtensions
{
    public static void AddDynamoDbOrderStore(this IServiceCollection services, string table)
    {
        services.AddSingleton<IAmazonDynamoDB>(_ =>
            new AmazonDynamoDBClient(new AmazonDynamoDBConfig { Timeout = TimeSpan.FromSeconds(10) }));
        services.AddSingleton<IOrderStore>(provider => new DynamoDbOrderStore(provider.GetRequiredService<IAmazonDynamoDB>(), table));
    }
}
