using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OffloadedPolling.AspNetCore;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.AspNetCore;

/// <summary>The base of tests that start their own host on a SQLite file.</summary>
public abstract class EndpointTestBase : IAsyncLifetime
{
    private protected SqliteProvider Provider { get; } = new();

    private protected ConformanceHost? Host { get; set; }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await (Host?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Provider.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Maps three accepts: a typed result, one typed as <see cref="IResult"/>, and one written by the host.</summary>
    internal static void MapAccepts(WebApplication app)
    {
        app.MapPost("/typed", (IOffloadedOperations operations) => OperationResults.AcceptAsync(operations, new Parcel("Ada")));
        app.MapPost("/erased", async Task<IResult> (IOffloadedOperations operations) =>
            await OperationResults.AcceptAsync(operations, new Parcel("Ada")));
        app.MapPost("/own", async Task<IResult> (IOffloadedOperations operations) =>
            OperationResults.Accepted(await operations.AcceptAsync(new Parcel("Ada"))));
    }
}
