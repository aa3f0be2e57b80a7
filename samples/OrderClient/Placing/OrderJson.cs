using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderClient;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NewOrder))]
internal sealed partial class OrderJson : JsonSerializerContext;
