using System.Text.Json;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace Orders;

/// <summary>Stores orders in a DynamoDB table whose hash key is the string <c>id</c>.</summary>
internal sealed class DynamoDbOrderStore(IAmazonDynamoDB dynamoDb, string tableName) : IOrderStore
{
    public async Task SaveAsync(Order order, CancellationToken cancellationToken)
    {
        var request = new PutItemRequest
        {
            TableName = tableName,
            Item = new Dictionary<string, AttributeValue>
            {
                ["id"] = new(order.Id),
                ["order"] = new(JsonSerializer.Serialize(order, OrdersJson.Default.Order)),
            },
            ConditionExpression = "attribute_not_exists(id)",
        };
        try
        {
            await dynamoDb.PutItemAsync(request, cancellationToken);
        }
        catch (ConditionalCheckFailedException)
        {
            // An earlier run of the same operation stored it.
        }
    }

    public async Task<Order?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var request = new GetItemRequest
        {
            TableName = tableName,
            Key = new Dictionary<string, AttributeValue> { ["id"] = new(id) },
            ConsistentRead = true,
        };
        var item = (await dynamoDb.GetItemAsync(request, cancellationToken)).Item;
        return item is { Count: > 0 } ? JsonSerializer.Deserialize(item["order"].S, OrdersJson.Default.Order) : null;
    }
}
