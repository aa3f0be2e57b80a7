using OffloadedPolling;

namespace Reports;

/// <summary>Does the work. It may run more than once for one operation, so make its effects repeatable.</summary>
internal sealed class CreateReportHandler : IOperationHandler<CreateReport, Report>
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(1);

    public async Task<Report> HandleAsync(OperationContext<CreateReport> context, CancellationToken cancellationToken)
    {
        await context.ReportProgressAsync(50, "Adding up", cancellationToken);
        await Task.Delay(_step, cancellationToken);
        return new Report($"The year {context.Payload.Year} was a good one.");
    }
}
