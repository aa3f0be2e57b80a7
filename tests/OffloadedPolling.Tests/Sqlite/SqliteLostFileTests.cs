using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Sqlite;

/// <summary>The database file is moved, deleted or replaced while a host has it open.</summary>
public sealed class SqliteLostFileTests : IAsyncLifetime
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    private readonly SqliteProvider _provider = new();

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private ConformanceHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not allow moving or deleting an open file.");
        _host = await ConformanceHost.StartAsync(
            _provider,
            build: builder =>
            {
                builder.Services.AddSingleton<HandlerScript>();
                builder.AddHandler<Parcel, ParcelHandler>();
                builder.Services.AddHealthChecks().AddOffloadedPolling();
            },
            time: _time,
            use: app =>
            {
                app.MapPost("/parcel", (IOffloadedOperations operations) => OperationResults.AcceptAsync(operations, new Parcel("Ada")));
                app.MapHealthChecks("/health", new HealthCheckOptions
                {
                    ResponseWriter = (context, report) => context.Response.WriteAsync(report.Entries.Single().Value.Description ?? ""),
                });
            });
        (await PostAsync()).Should().Be(HttpStatusCode.Accepted);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_FileMovedOrDeleted_Returns503Immediately(bool moved)
    {
        Remove(moved);

        (await PostAsync()).Should().Be(HttpStatusCode.ServiceUnavailable);
        (await PostAsync()).Should().Be(HttpStatusCode.ServiceUnavailable);

        var (status, text) = await HealthAsync();
        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        text.Should().Contain($"'{_provider.DataSource}' was moved, deleted or replaced while this process had it open. Put the file back");
        _host.Log.Entries.Should().ContainSingle(entry => entry.Id == 705);
    }

    [Fact]
    public async Task Worker_FileDeletedWhileIdle_LogsWithoutRequest()
    {
        Remove(moved: false);

        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return _host.Log.Entries.Any(entry =>
                    entry.Id == 302 && entry.Text.Contains("was moved, deleted", StringComparison.Ordinal));
            },
            _timeout,
            () => "the worker did not log it");
        _host.Log.Entries.Should().ContainSingle(entry => entry.Id == 705);
    }

    [Fact]
    public async Task StatusUrl_FileDeleted_Returns503()
    {
        await _host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
        var url = (await _host.Issuer.IssueAsync(TestDocuments.Id, TimeSpan.FromMinutes(5), default)).Value;

        Remove(moved: false);

        (await _host.StatusOfAsync(url)).Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Post_FileMovedBack_IsAcceptedAgain()
    {
        Remove(moved: true);
        (await PostAsync()).Should().Be(HttpStatusCode.ServiceUnavailable);
        File.Move(_provider.DataSource + ".moved", _provider.DataSource);

        await Eventually.TrueAsync(
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return (await HealthAsync()).Status == HttpStatusCode.OK;
            },
            _timeout,
            () => "the host is still unhealthy");

        (await PostAsync()).Should().Be(HttpStatusCode.Accepted);
        _host.Log.Entries.Should().ContainSingle(entry => entry.Id == 706);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_FileReplaced_Returns503AndKeepsNewFile(bool logIsDeleted)
    {
        var bytes = await ReplaceAsync(logIsDeleted);

        (await PostAsync()).Should().Be(HttpStatusCode.ServiceUnavailable);

        (await HealthAsync()).Status.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await File.ReadAllBytesAsync(_provider.DataSource)).Should().Equal(bytes);
    }

    [Fact]
    public async Task Idle_FileReplaced_IsDetectedWithinSeconds()
    {
        await ReplaceAsync(logIsDeleted: true);

        _time.Advance(TimeSpan.FromSeconds(10));

        await Eventually.TrueAsync(() => _host.Log.Entries.Any(entry => entry.Id == 705), _timeout, () => "it was not detected");
    }

    [Fact]
    public async Task Post_FileInPlaceForDays_IsAccepted()
    {
        for (var hour = 0; hour < 50; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            (await PostAsync()).Should().Be(HttpStatusCode.Accepted);
        }

        _host.Log.Entries.Should().NotContain(entry => entry.Id == 705);
    }

    private void Remove(bool moved)
    {
        if (moved)
        {
            File.Move(_provider.DataSource, _provider.DataSource + ".moved");
        }
        else
        {
            File.Delete(_provider.DataSource);
        }
    }

    /// <returns>The content of the new file.</returns>
    private async Task<byte[]> ReplaceAsync(bool logIsDeleted)
    {
        var copy = _provider.DataSource + ".copy";
        await _provider.ExecuteAsync($"VACUUM INTO '{copy}'");
        if (logIsDeleted)
        {
            File.Delete(_provider.DataSource + "-wal");
            File.Delete(_provider.DataSource + "-shm");
        }

        File.Move(copy, _provider.DataSource, overwrite: true);
        return await File.ReadAllBytesAsync(_provider.DataSource);
    }

    private async Task<HttpStatusCode> PostAsync()
    {
        using var response = await _host.Http.PostAsJsonAsync(new Uri(_host.Address, "/parcel"), "");
        return response.StatusCode;
    }

    private async Task<(HttpStatusCode Status, string Text)> HealthAsync()
    {
        using var response = await _host.Http.GetAsync(new Uri(_host.Address, "/health"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
