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
    public async Task GetAsync_UnknownKind_Null() => Assert.Null(await Profiles.GetAsync(Kind, default));

    [Fact]
    public async Task WriteAsync_AnyBytes_ComeBackAsTheyWere()
    {
        byte[] bytes = [0, 255, 13, 10, (byte)'{', 128];

        var written = await Profiles.WriteAsync(Kind, bytes, null, default);

        var found = await Profiles.GetAsync(Kind, default);
        Assert.Equal(bytes, found!.Profile.ToArray());
        Assert.Equal(written!.Version, found.Version);
        Assert.Equal(bytes, written.Profile.ToArray());
    }

    [Fact]
    public async Task WriteAsync_WithoutAVersion_OnlyWhereThereIsNone()
    {
        var first = await WriteAsync("first");

        Assert.NotNull(first);
        Assert.Null(await WriteAsync("second"));
        Assert.Equal("first", await ReadAsync());
    }

    [Fact]
    public async Task WriteAsync_WithTheVersionRead_Replaces()
    {
        var first = await WriteAsync("first");

        var second = await WriteAsync("second", first!.Version);

        Assert.NotEqual(first.Version, second!.Version);
        Assert.Equal("second", await ReadAsync());
        Assert.Equal(second.Version, (await Profiles.GetAsync(Kind, default))!.Version);
    }

    [Fact]
    public async Task WriteAsync_WithAnOlderVersion_LosesToTheNewer()
    {
        var first = await WriteAsync("first");
        await WriteAsync("newer", first!.Version);

        Assert.Null(await WriteAsync("older", first.Version));
        Assert.Equal("newer", await ReadAsync());
    }

    [Fact]
    public async Task WriteAsync_WithAVersionWhereThereIsNone_Loses()
    {
        var other = await Profiles.WriteAsync("letters", "theirs"u8.ToArray(), null, default);

        Assert.Null(await WriteAsync("mine", other!.Version));
        Assert.Null(await Profiles.GetAsync(Kind, default));
    }

    [Fact]
    public async Task WriteAsync_TheSameBytesFromTwoWriters_OneSucceeds()
    {
        var first = await WriteAsync("first");

        var written = await Task.WhenAll(WriteAsync("same", first!.Version), WriteAsync("same", first.Version));

        Assert.Single(written, profile => profile is not null);
    }

    [Fact]
    public async Task GetIfChangedAsync_OnlyWhatIsNewerThanKnown()
    {
        Assert.Null(await Profiles.GetIfChangedAsync(Kind, "nothing", default));
        var first = await WriteAsync("first");
        Assert.Null(await Profiles.GetIfChangedAsync(Kind, first!.Version, default));

        var second = await WriteAsync("second", first.Version);

        var changed = await Profiles.GetIfChangedAsync(Kind, first.Version, default);
        Assert.Equal("second", Encoding.UTF8.GetString(changed!.Profile.Span));
        Assert.Equal(second!.Version, changed.Version);
        Assert.Null(await Profiles.GetIfChangedAsync(Kind, second.Version, default));
    }

    [Fact]
    public async Task WriteAsync_TenWritersOnTwoHostsThatTryAgain_NoneIsLost()
    {
        var other = await StartAsync();

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => CountAsync(writer % 2 == 0 ? Profiles : other.Profiles)));

        Assert.Equal(Writers.ToString(CultureInfo.InvariantCulture), await ReadAsync());
        Assert.Equal((await Profiles.GetAsync(Kind, default))!.Version, (await other.Profiles.GetAsync(Kind, default))!.Version);
    }

    [Fact]
    public async Task Profiles_OfTwoKinds_AreApart()
    {
        await WriteAsync("parcels");
        await Profiles.WriteAsync("letters", "letters"u8.ToArray(), null, default);

        Assert.Equal("parcels", await ReadAsync());
        Assert.Equal("letters", Encoding.UTF8.GetString((await Profiles.GetAsync("letters", default))!.Profile.Span));
    }

    [Fact]
    public async Task WriteAsync_OverTheLimit_IsRefusedAndNothingIsWritten()
    {
        await Assert.ThrowsAsync<OperationStoreException>(() => Profiles.WriteAsync(Kind, new byte[StoredDurationProfile.MaxBytes + 1], null, default));

        Assert.Null(await Profiles.GetAsync(Kind, default));
        Assert.NotNull(await Profiles.WriteAsync(Kind, new byte[StoredDurationProfile.MaxBytes], null, default));
    }

    /// <summary>Adds one to the number that the profile is, as often as it takes.</summary>
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
