using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Diagnostics;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.Diagnostics;

public sealed class ForeignTextTests
{
    [Theory]
    [InlineData(null, "(none)")]
    [InlineData("", "")]
    [InlineData("operations/0123456789abcdef0123456789abcdef.json", "operations/0123456789abcdef0123456789abcdef.json")]
    [InlineData("größe 東京", "größe 東京")]
    [InlineData("a\r\nfail: b\u001b[31m\u0000", "a\uFFFD\uFFFDfail: b\uFFFD[31m\uFFFD")]
    [InlineData("a\u2028b\u2029c\u202Ed\u200Be\u0085f", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf")]
    public void ToString_UnsafeCharacters_AreReplaced(string? text, string shown) =>
        ((ForeignText)text).ToString().Should().Be(shown);

    [Fact]
    public void ToString_LongText_IsCutTo128CharactersWithLength()
    {
        ((ForeignText)new string('x', 128)).ToString().Should().Be(new string('x', 128));
        ((ForeignText)new string('x', 102_400)).ToString().Should().Be(new string('x', 128) + "… (102,400 characters)");
    }

    [Fact]
    public async Task Log_ForgedStatusKey_IsShortenedAndSanitized()
    {
        var forged = string.Concat(Enumerable.Repeat("\u001b[2J\r\nfail: OffloadedPolling[101]", 3_000));
        await using var provider = new SqliteProvider();
        await using var host = await ConformanceHost.StartAsync(provider, build: builder =>
        {
            builder.Services.AddSingleton(new HandlerScript());
            builder.AddHandler<Parcel, ParcelHandler>().AddDeadLetterReader();
        });

        await host.Queue.SendAsync(ConformanceHost.Kind, new OutgoingMessage { Body = """{"To":"Ada"}""", StatusKey = forged }, default);
        await LoggedAsync(host, 412);
        await provider.ExecuteAsync("UPDATE messages SET receive_count = 10, visible_at = 0");
        await LoggedAsync(host, 433);

        host.Log.Entries.Where(entry => entry.Id is 412 or 433)
            .Should().OnlyContain(entry => entry.Text.Length < 600 && !entry.Text.Any(char.IsControl));
        host.Log.Entries.Should().NotContain(entry => entry.Text.Contains(forged, StringComparison.Ordinal));
    }

    private static Task LoggedAsync(ConformanceHost host, int id) =>
        Eventually.TrueAsync(() => host.Log.Entries.Any(entry => entry.Id == id), TimeSpan.FromSeconds(60), () => $"{id} was not logged");
}
