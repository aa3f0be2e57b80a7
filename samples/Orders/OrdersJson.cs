using System.Text.Json.Serialization;

namespace Orders;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CreateOrder))]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(IReadOnlyList<OrderItem>))]
[JsonSerializable(typeof(Polls))]
internal sealed partial class OrdersJson : JsonSerializerContext;
