namespace Orders;

internal static class OrderStoreServiceCollectionExtensions
{
    /// <summary>Orders lie in DynamoDB when a table is named, else in a SQLite file.</summary>
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
