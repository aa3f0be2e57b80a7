using OffloadedPolling;

namespace Snippets;

internal static class Cancel
{
    internal sealed class CreateReportHandler : IOperationHandler<CreateReport, Report>
    {
        private static readonly string[] Pages = ["Income", "Expenses"];

        public async Task<Report> HandleAsync(OperationContext<CreateReport> context, CancellationToken cancellationToken)
        {
            foreach (var page in Pages)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await WriteAsync(page, cancellationToken);
            }

            return new Report("All pages are written.");
        }

        private static Task WriteAsync(string page, CancellationToken cancellationToken) =>
            File.WriteAllTextAsync($"{page}.txt", page, cancellationToken);
    }
}
