using System.Globalization;
using System.Text;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>The obligations of <see cref="IDurationProfileStore"/>.</summary>
public abstract class ProfileConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private const int Writers = 10;

    private IDurationProfileStore Profiles => Host.Profiles;

    [Fact]
    public async Task GetAsync_UnknownKind_ReturnsNull() => (await Profiles.GetAsync(Kind, default)).Should().BeNull();

    [Fact]
    public async Task WriteAsync_AnyBytes_RoundTrip()
    {
        byte[] bytes = [0, 255, 13, 10, (byte)'{', 128];

        var written = await Profiles.WriteAsync(Kind, bytes, null, default);

        var found = await Profiles.GetAsync(Kind, default);
        found!.Profile.ToArray().Should().Equal(bytes);
        found.Version.Should().Be(written!.Version);
        written.Profile.ToArray().Should().Equal(bytes);
    }

    [Fact]
    public async Task WriteAsync_NoVersion_OnlyCreatesProfile()
    {
        var first = await WriteAsync("first");

        first.Should().NotBeNull();
        (await WriteAsync("second")).Should().BeNull();
        (await ReadAsync()).Should().Be("first");
    }

    [Fact]
    public async Task WriteAsync_CurrentVersion_ReplacesProfile()
    {
        var first = await WriteAsync("first");

        var second = await WriteAsync("second", first!.Version);

        second!.Version.Should().NotBe(first.Version);
        (await ReadAsync()).Should().Be("second");
        (await Profiles.GetAsync(Kind, default))!.Version.Should().Be(second.Version);
    }

    [Fact]
    public async Task WriteAsync_OlderVersion_KeepsNewerProfile()
    {
        var first = await WriteAsync("first");
        await WriteAsync("newer", first!.Version);

        (await WriteAsync("older", first.Version)).Should().BeNull();
        (await ReadAsync()).Should().Be("newer");
    }

    [Fact]
    public async Task WriteAsync_VersionWithoutProfile_ReturnsNull()
    {
        var other = await Profiles.WriteAsync("letters", "theirs"u8.ToArray(), null, default);

        (await WriteAsync("mine", other!.Version)).Should().BeNull();
        (await Profiles.GetAsync(Kind, default)).Should().BeNull();
    }

    [Fact]
    public async Task WriteAsync_SameBytesFromTwoWriters_OneSucceeds()
    {
        var first = await WriteAsync("first");

        var written = await Task.WhenAll(WriteAsync("same", first!.Version), WriteAsync("same", first.Version));

        written.Should().ContainSingle(profile => profile != null);
    }

    [Fact]
    public async Task GetIfChangedAsync_ReturnsOnlyNewerProfile()
    {
        (await Profiles.GetIfChangedAsync(Kind, "nothing", default)).Should().BeNull();
        var first = await WriteAsync("first");
        (await Profiles.GetIfChangedAsync(Kind, first!.Version, default)).Should().BeNull();

        var second = await WriteAsync("second", first.Version);

        var changed = await Profiles.GetIfChangedAsync(Kind, first.Version, default);
        Encoding.UTF8.GetString(changed!.Profile.Span).Should().Be("second");
        changed.Version.Should().Be(second!.Version);
        (await Profiles.GetIfChangedAsync(Kind, second.Version, default)).Should().BeNull();
    }

    [Fact]
    public async Task WriteAsync_TenRetryingWritersOnTwoHosts_LosesNoWrite()
    {
        var other = await StartAsync();

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => CountAsync(writer % 2 == 0 ? Profiles : other.Profiles)));

        (await ReadAsync()).Should().Be(Writers.ToString(CultureInfo.InvariantCulture));
        (await other.Profiles.GetAsync(Kind, default))!.Version.Should().Be((await Profiles.GetAsync(Kind, default))!.Version);
    }

    [Fact]
    public async Task Profiles_TwoKinds_AreSeparate()
    {
        await WriteAsync("parcels");
        await Profiles.WriteAsync("letters", "letters"u8.ToArray(), null, default);

        (await ReadAsync()).Should().Be("parcels");
        Encoding.UTF8.GetString((await Profiles.GetAsync("letters", default))!.Profile.Span).Should().Be("letters");
    }

    [Fact]
    public async Task WriteAsync_TooLarge_ThrowsAndWritesNothing()
    {
        await FluentActions.Awaiting(() => Profiles.WriteAsync(Kind, new byte[StoredDurationProfile.MaxBytes + 1], null, default))
            .Should().ThrowExactlyAsync<OperationStoreException>();

        (await Profiles.GetAsync(Kind, default)).Should().BeNull();
        (await Profiles.WriteAsync(Kind, new byte[StoredDurationProfile.MaxBytes], null, default)).Should().NotBeNull();
    }

    /// <summary>Increments the number in the profile, and retries until it is written.</summary>
    private static async Task CountAsync(IDurationProfileStore profiles)
    {
        while (true)
        {
            var found = await profiles.GetAsync(Kind, default);
            var count = found is null ? 0 : int.Parse(found.Profile.Span, CultureInfo.InvariantCulture);
            if (await profiles.WriteAsync(Kind, Encoding.UTF8.GetBytes($"{count + 1}"), found?.Version, default) is not null)
            {
                return;
            }

            await Task.Delay(Random.Shared.Next(50));
        }
    }

    private Task<StoredDurationProfile?> WriteAsync(string profile, string? version = null) =>
        Profiles.WriteAsync(Kind, Encoding.UTF8.GetBytes(profile), version, default);

    private async Task<string> ReadAsync() => Encoding.UTF8.GetString((await Profiles.GetAsync(Kind, default))!.Profile.Span);
}
