using Amazon.DynamoDBv2;

namespace Orders;

internal static class OrderStoreServiceCollectionExtensions
{
    /// <summary>Orders lie in DynamoDB when a table is named, else in a SQLite file.</summary>
    public static void AddOrderStore(this IServiceCollection services, OrdersOptions settings)
    {
        if (settings.TableName is not { Length: > 0 } table)
        {
            services.AddSingleton<IOrderStore>(_ => new SqliteOrderStore(settings.DataSource));
            return;
        }

        services.AddSingleton<IAmazonDynamoDB>(_ => new AmazonDynamoDBClient(new AmazonDynamoDBConfig { Timeout = TimeSpan.FromSeconds(10) }));
        services.AddSingleton<IOrderStore>(provider => new DynamoDbOrderStore(provider.GetRequiredService<IAmazonDynamoDB>(), table));
    }
}
