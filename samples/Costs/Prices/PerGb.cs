namespace Costs;

/// <summary>Prices per gigabyte. Storage is per gigabyte and month.</summary>
internal sealed record PerGb(decimal S3StorageMonth, decimal Egress, decimal Logs);
