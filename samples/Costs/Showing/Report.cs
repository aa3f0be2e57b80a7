using System.Text.Json;
using System.Text.Json.Serialization;

namespace Costs;

/// <summary>The figures for a program.</summary>
/// <param name="Prices">The price list's date and region.</param>
/// <param name="Currency">Of all costs.</param>
/// <param name="Bills">Each way's costs.</param>
/// <param name="PollsPerWriteToBreakEven">
/// The polls per write at which S3 costs as much as an HTTP API; 0 if it costs no more without any; <see langword="null"/> if a poll costs
/// no less at S3.
/// </param>
/// <param name="Verdict">The sentence.</param>
internal sealed record Report(string Prices, string Currency, IReadOnlyList<Bill> Bills, decimal? PollsPerWriteToBreakEven, string Verdict);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
