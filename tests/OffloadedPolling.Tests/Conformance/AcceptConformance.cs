using System.Diagnostics;
using System.Net.Http.Json;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>What accepting leaves behind, whoever implements the ports.</summary>
public abstract class AcceptConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    [Fact]
    public async Task AcceptAsync_LeavesADocumentAMessageAndAUrl()
    {
        using var activity = new Activity("accept").Start();

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada", "tea"), new AcceptOptions { ResourceLocation = id => $"/parcel/{id}" });

        var document = await Host.Http.GetFromJsonAsync(accepted.StatusUrl, OperationJson.Status);
        Assert.Equal((accepted.Id, Kind, OperationState.NotStarted), (document!.Id, document.Kind, document.Status));
        Assert.Equal($"/parcel/{accepted.Id}", document.ResourceLocation);
        Assert.Equal(TimeSpan.FromDays(1), document.ExpiresAt - document.LastUpdatedAt);
        Assert.InRange(accepted.StatusUrlExpiresAt - document.CreatedAt, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6));
        var message = Assert.Single(await Host.Queue.ReceiveAsync(Kind, 10, default));
        Assert.Equal("""{"To":"Ada","Content":"tea"}""", message.Body);
        Assert.Equal(accepted.Id, Host.Store.GetOperationId(message.StatusKey!));
        Assert.Equal(activity.Id, message.TraceParent);
    }

    [Fact]
    public async Task AcceptAsync_APayloadOverTheLimit_CreatesNothing()
    {
        var thrown = await Assert.ThrowsAsync<PayloadTooLargeException>(() =>
            Host.Operations.AcceptAsync(new Parcel("Ada", new string('x', Host.Queue.MaxMessageBytes))));

        Assert.Equal(Host.Queue.MaxMessageBytes, thrown.Limit);
        Assert.Equal(0, await Provider.CountDocumentsAsync());
        Assert.Equal(0, await Provider.CountMessagesAsync(Kind));
    }

    [Fact]
    public async Task RenewUrlAsync_OnAnotherHost_OpensTheSameDocument()
    {
        var other = await StartAsync();
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));

        var renewed = await other.Operations.RenewUrlAsync(accepted.Id);

        Assert.Equal(accepted.Id, (await Host.Http.GetFromJsonAsync(renewed!.StatusUrl, OperationJson.Status))!.Id);
        Assert.Null(await other.Operations.RenewUrlAsync(Id));
        Assert.Null(await other.Operations.RenewUrlAsync("../secret"));
    }

    [Fact]
    public async Task AcceptAsync_LoggedAtTrace_ShowsNoCredential()
    {
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        await Host.Http.GetStringAsync(accepted.StatusUrl);

        var query = accepted.StatusUrl[accepted.StatusUrl.IndexOf('?', StringComparison.Ordinal)..];
        Assert.Contains("ignature=", query, StringComparison.Ordinal);
        Assert.DoesNotContain(Host.Log.Entries, entry => entry.Text.Contains(query[query.LastIndexOf('=')..], StringComparison.Ordinal));
    }
}
