namespace Orders;

internal static class OrderStoreServiceCollectionExtensions
{
    /// <summary>Adds a store in DynamoDB if a table is set, and in a SQLite file otherwise.</summary>
    public static void AddOrderStore(this IServiceCollection services, OrdersOptions settings)
    {
        if (settings.TableName is { Length: > 0 } table)
        {
            services.AddDynamoDbOrderStore(table);
        }
        else
        {
            services.AddSingleton<IOrderStore>(_ => new SqliteOrderStore(settings.DataSource));
        }
    }
}
