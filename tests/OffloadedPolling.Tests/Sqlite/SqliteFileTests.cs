using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>What the start finds at the database's path: it uses it, or it fails and says what to do.</summary>
public sealed class SqliteFileTests : IAsyncLifetime
{
    private readonly SqliteProvider _provider = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task Start_NoFile_CreatesFileForCurrentUserOnly()
    {
        await using var host = await StartAsync();

        host.Log.Entries.Should().Contain(entry => entry.Id == 701 && entry.Text.Contains(_provider.DataSource, StringComparison.Ordinal));
        (await _provider.ExecuteAsync("PRAGMA journal_mode")).Should().Be("wal");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_provider.DataSource).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Registration_CreatesNoFile()
    {
        var services = new ServiceCollection().AddLogging(RecordingLogger.Watch);
        _provider.Choose(services.AddOffloadedPolling());
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IOperationStatusStore>().Should().NotBeNull();
        provider.GetRequiredService<IOperationQueue>().Should().NotBeNull();
        File.Exists(_provider.DataSource).Should().BeFalse();
    }

    [Fact]
    public async Task Start_ExistingFile_KeepsDocuments()
    {
        await using (var first = await StartAsync())
        {
            await first.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        }

        await using var second = await StartAsync();

        (await second.Store.GetAsync(TestDocuments.Id, default)).Should().NotBeNull();
    }

    [Fact]
    public async Task Start_ManyHostsAtOnce_ShareFileAndKey()
    {
        var hosts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(StartAsync)));
        await hosts[0].Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);

        foreach (var host in hosts)
        {
            var url = await host.Issuer.IssueAsync(TestDocuments.Id, TimeSpan.FromMinutes(1), default);
            var elsewhere = hosts[0].Address.GetLeftPart(UriPartial.Authority) + new Uri(url.Value).PathAndQuery;
            (await host.StatusOfAsync(elsewhere)).Should().Be(System.Net.HttpStatusCode.OK);
        }

        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Start_FileIsNotDatabase_Throws()
    {
        await File.WriteAllTextAsync(
            _provider.DataSource,
            "Dear diary, today I wrote a file that is long enough to have a header, and no database at all. " + new string('x', 4096));

        await StartThrowsAsync("the file is not a SQLite database. Set DataSource to another file, or move");

        (await File.ReadAllTextAsync(_provider.DataSource)).Should().StartWith("Dear diary");
    }

    [Fact]
    public async Task Start_OtherProgramsDatabase_ThrowsAndKeepsIt()
    {
        await _provider.ExecuteAsync("CREATE TABLE songs (title TEXT)");

        await StartThrowsAsync("another program's database. Set it to another file");

        (await _provider.ExecuteAsync("PRAGMA journal_mode")).Should().Be("delete");
        (await _provider.ExecuteAsync("SELECT count(*) FROM sqlite_master")).Should().Be((object?)1L);
    }

    [Fact]
    public async Task Start_NewerSchema_Throws()
    {
        await (await StartAsync()).DisposeAsync();
        await _provider.ExecuteAsync("PRAGMA user_version = 6");

        await StartThrowsAsync("a newer version of this library created (its schema is 6, this version supports 5). Update the library");
    }

    [Fact]
    public async Task Start_DamagedFile_Throws()
    {
        await (await StartAsync()).DisposeAsync();
        await using (var file = File.OpenWrite(_provider.DataSource))
        {
            file.Position = 100;
            await file.WriteAsync(new byte[file.Length - 100]);
        }

        await StartThrowsAsync("the file is damaged. Restore it");
    }

    [Fact]
    public async Task Start_PathIsFolder_Throws()
    {
        Directory.CreateDirectory(_provider.DataSource);

        await StartThrowsAsync("which is a folder. Set it to a file");
    }

    [Theory]
    [InlineData("/no/such/folder/polling.db")]
    [InlineData("/proc/polling.db")]
    public async Task Start_FileCannotBeCreated_Throws(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These paths exist only on Linux.");

        await StartThrowsAsync($"OffloadedPolling:Sqlite:DataSource is '{path}'", path);
        await StartThrowsAsync("Create its folder and allow this process's user to write there", path);
    }

    [Fact]
    public async Task Start_FileIsNotWritable_Throws()
    {
        // Everyone can read this file, and no one can write it, not even root.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This file exists only on Linux.");

        await StartThrowsAsync(
            "OffloadedPolling:Sqlite:DataSource is '/proc/version', which cannot be used: the file cannot be opened. Check that its "
            + "folder exists, and that this process's user can write there.",
            "/proc/version");
    }

    [Fact]
    public async Task CheckAsync_ManyAtOnce_Succeed()
    {
        await using var host = await StartAsync();

        var problems = await Task.WhenAll(Enumerable.Range(0, 50).SelectMany(_ =>
            new[] { host.Store.CheckAsync(default), host.Queue.CheckAsync(ConformanceHost.Kind, default) }));

        problems.Should().AllSatisfy(problem => problem.Should().BeNull());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CheckAsync_FileDeletedOrReplaced_Throws(bool replaced)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not allow deleting an open file.");
        await using var host = await StartAsync();
        await using var secondHost = await StartAsync();
        await host.Store.CheckAsync(default);
        await secondHost.Store.CheckAsync(default);
        await _provider.ExecuteAsync($"VACUUM INTO '{_provider.DataSource}.copy'");
        File.Delete(_provider.DataSource);
        if (replaced)
        {
            File.Move(_provider.DataSource + ".copy", _provider.DataSource);
            File.Delete(_provider.DataSource + "-wal");
            File.Delete(_provider.DataSource + "-shm");
        }

        var store = (await FluentActions.Awaiting(() => host.Store.CheckAsync(default))
            .Should().ThrowExactlyAsync<OperationStoreException>()).Which;
        var queue = (await FluentActions.Awaiting(() => host.Queue.CheckAsync(ConformanceHost.Kind, default))
            .Should().ThrowExactlyAsync<OperationQueueException>()).Which;

        store.Message.Should().Contain($"'{_provider.DataSource}' was moved, deleted or replaced");
        queue.Message.Should().Contain($"'{_provider.DataSource}' was moved, deleted or replaced");
    }

    [Fact]
    public void Container_DisposedSynchronously_ClosesFile()
    {
        var services = new ServiceCollection().AddLogging(RecordingLogger.Watch);
        _provider.Choose(services.AddOffloadedPolling());
        using (var container = services.BuildServiceProvider())
        {
            container.GetRequiredService<OffloadedPolling.Sqlite.SqliteDatabase>().Open().Should().NotBeNull();
        }

        File.Exists(_provider.DataSource + "-wal").Should().BeFalse("no connection is open");
    }

    private Task<ConformanceHost> StartAsync() => ConformanceHost.StartAsync(_provider);

    private async Task StartThrowsAsync(string message, string? path = null)
    {
        var thrown = (await FluentActions.Awaiting(async () =>
            await ConformanceHost.StartAsync(_provider, build: builder =>
                builder.Services.PostConfigure<OffloadedPolling.Sqlite.SqliteOptions>(
                    sqlite => sqlite.DataSource = path ?? sqlite.DataSource))).Should().ThrowExactlyAsync<OperationStoreException>()).Which;

        thrown.Message.Should().Contain(message);
    }
}
