using System.Text.Json.Serialization;

namespace OffloadedPolling.Tests.Shared;

internal sealed record Parcel(string To, string Content = "");

[JsonSerializable(typeof(Parcel))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(string))]
internal sealed partial class ParcelJson : JsonSerializerContext;
