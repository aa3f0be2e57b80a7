using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling;
using OffloadedPolling.Client;

namespace Snippets;

internal static class PersonalData
{
    public static void AddPolicy(WebApplicationBuilder builder)
    {
        builder.Services.AddOffloadedPolling(builder.Configuration.GetSection("OffloadedPolling"))
            .WithS3()
            .WithSqs()
            .AddOperation<CreateReport>("reports", ReportJson.Default)
            .AddStatusDocumentPolicy<NoEmailAddresses>();
    }

    public static async Task DeleteAsync(IOffloadedOperations operations, string id, CancellationToken cancellationToken)
    {
        await operations.CancelAsync(id, cancellationToken);   // if the work may still run
        await operations.DeleteAsync(id, cancellationToken);   // when it has ended
    }

    internal sealed class NoEmailAddresses : IStatusDocumentPolicy
    {
        public OperationStatus Apply(OperationStatus document)
        {
            string?[] texts = [
                document.Result?.GetRawText(), document.ResourceLocation,
                document.Error?.Type, document.Error?.Title, document.Error?.Detail, document.Error?.Instance,
                .. document.Error?.Extensions?.Select(member => member.Key + member.Value.GetRawText()) ?? []];
            return texts.Any(HasAddress)
                ? throw new StatusDocumentRefusedException("The result, the problem or the location contains an email address.")
                : HasAddress(document.Message) ? document with { Message = null } : document;
        }

        private static bool HasAddress(string? text) => text?.Contains('@') == true;
    }
}
