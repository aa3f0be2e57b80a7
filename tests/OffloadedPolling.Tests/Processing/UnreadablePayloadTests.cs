using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Processing;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.Processing;

/// <summary>Errors for a body that is not a valid payload: they name the position, and never quote the body.</summary>
public sealed class UnreadablePayloadTests
{
    private const string Secret = "Ada.Lovelace";

    [Theory]
    [InlineData("{\"name\":\"Ada.Lovelace\"}", "$ (System.ArgumentException was thrown)")]
    [InlineData("{\"name\":null,\"strict\":\"Ada.Lovelace\"}", "$ (System.InvalidOperationException was thrown)")]
    [InlineData("{\"name\":null,\"converted\":\"Ada.Lovelace\"}", "$ (System.OperationCanceledException was thrown)")]
    [InlineData("{\"name\":null,\"phones\":{\"Ada.Lovelace\":\"x\"}}", "$.phones")]
    [InlineData("{\"name\":null,\"phones\":{\"AdaLovelace\":\"x\"}}", "$.phones")]
    [InlineData("{\"name\":null,\"friends\":[{\"name\":null},{\"name\":1}]}", "$.friends[1].name")]
    [InlineData("{\"name\":null,\"friends\":[{\"name\":null,\"phones\":{\"Ada.Lovelace\":\"x\"}}]}", "$.friends[0].phones")]
    [InlineData("{\"name\":null,\"AdaLovelace\":1}", "$")]
    [InlineData("{\"name\":null,\"day\":\"Ada.Lovelace\"}", "$.day")]
    [InlineData("\"Ada.Lovelace\"", "$")]
    [InlineData("Ada.Lovelace", "$")]
    [InlineData("null", "$")]
    [InlineData("", "$")]
    public void ReadPayload_InvalidBody_ThrowsWithPathAndNoContent(string body, string path)
    {
        var handler = new HandlerInvoker<Person, string>(TestKinds.Create<Person>("people", Person.Json), typeof(Handler));

        var unreadable = FluentActions.Invoking(() => handler.ReadPayload(body)).Should().ThrowExactly<JsonException>().Which;

        unreadable.Path.Should().Be(path);
        unreadable.InnerException.Should().BeNull();
        unreadable.ToString().Should().NotContain(Secret).And.NotContain("AdaLovelace");
    }

    [Fact]
    public async Task Message_PayloadTypeThrows_IsLoggedWithoutContent()
    {
        await using var provider = new SqliteProvider();
        await using var host = await ConformanceHost.StartAsync(
            provider, build: builder => builder.AddOperation<Person>("people").AddHandler<Person, Handler>());
        await host.Store.CreateAsync(TestDocuments.Waiting() with { Kind = "people" }, OperationMetadata.Empty, default);

        var message = new OutgoingMessage { Body = $"{{\"name\":\"{Secret}\"}}", StatusKey = host.Store.GetStatusKey(TestDocuments.Id) };
        await host.Queue.SendAsync("people", message, default);

        await Eventually.TrueAsync(
            () => host.Log.Entries.Any(entry => entry.Id == 411), TimeSpan.FromSeconds(60), () => "it was not logged");
        host.Log.Entries.Should().NotContain(entry => entry.Text.Contains(Secret, StringComparison.Ordinal));
        host.Log.Entries.Single(entry => entry.Id == 411).Text.Should().Contain("System.ArgumentException");
    }

    private sealed class Handler : IOperationHandler<Person, string>
    {
        public Task<string> HandleAsync(OperationContext<Person> context, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    private sealed record Person
    {
        public static readonly JsonSerializerOptions Json = new(
            JsonSerializerOptions.Web) { Converters = { new JsonStringEnumConverter() } };

        public Person(string? name) => Name = name is null ? null : throw new ArgumentException($"{name} is not a name.");

        public string? Name { get; }

        public string? Strict { get => Name; init => throw new InvalidOperationException(value); }

        [JsonConverter(typeof(Thrower))]
        public string? Converted { get; init; }

        public DayOfWeek Day { get; init; }

        public Dictionary<string, int>? Phones { get; init; }

        public IReadOnlyList<Person>? Friends { get; init; }
    }

    private sealed class Thrower : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new OperationCanceledException(reader.GetString());

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
