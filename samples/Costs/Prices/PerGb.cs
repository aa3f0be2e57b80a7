namespace Costs;

/// <summary>Prices of a gigabyte; of storage, for a month.</summary>
internal sealed record PerGb(decimal S3StorageMonth, decimal Egress, decimal Logs);
