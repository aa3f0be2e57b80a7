using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling;
using OffloadedPolling.Client;
using OffloadedPolling.Client.S3;
using OffloadedPolling.Sts;

namespace Snippets;

internal static class TemporaryCredentials
{
    public static void Choose(WebApplicationBuilder builder)
    {
        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithS3()
            .WithSts()
            .WithSqs()
            .AddOperation<CreateReport>("reports", ReportJson.Default);
        var app = builder.Build();
        app.MapOperations("/operations");
    }

    public static async Task<Report> CallAsync(HttpClient host, AcceptedOperation accepted)
    {
        using var poller = new OperationPoller(new OperationPollerOptions
        {
            NewReader = id => new S3StatusReader(async (refused, cancellationToken) =>
            {
                using var request = StatusCredentials.NewRequest($"/operations/{id}/credentials", refused);
                using var response = await host.SendAsync(request, cancellationToken);
                return await StatusCredentials.ReadAsync(response, cancellationToken);
            }),
        });
        var report = await poller.WaitForCompletionAsync(accepted, ReportJson.Default.Report);
        return report;
    }

    public static async Task<DateTimeOffset> IssueAsync(
        ITemporaryCredentialsIssuer issuer, IOperationStatusStore store, string userId, string token, AcceptedOperation first,
        AcceptedOperation second, CancellationToken cancellationToken)
    {
        var credentials = await issuer.IssueAsync(new TemporaryCredentialsRequest
        {
            Caller = userId,
            StatusKeys = [store.GetStatusKey(first.Id), store.GetStatusKey(second.Id)],
            Action = StsAction.AssumeRoleWithWebIdentity(token),
        }, cancellationToken);
        return credentials.ExpiresAt;
    }
}
