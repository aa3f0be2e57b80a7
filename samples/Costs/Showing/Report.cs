using System.Text.Json;
using System.Text.Json.Serialization;

namespace Costs;

/// <summary>The figures, also as JSON for programs.</summary>
/// <param name="Prices">The region and date of the price list.</param>
/// <param name="Currency">The currency of all costs.</param>
/// <param name="Bills">The costs of each alternative.</param>
/// <param name="PollsPerWriteToBreakEven">
/// The polls per write at which S3 costs as much as an HTTP API. 0 if S3 does not cost more even without polls;
/// <see langword="null"/> if a poll does not cost less at S3.
/// </param>
/// <param name="Verdict">The verdict in one sentence.</param>
internal sealed record Report(string Prices, string Currency, IReadOnlyList<Bill> Bills, decimal? PollsPerWriteToBreakEven, string Verdict);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
