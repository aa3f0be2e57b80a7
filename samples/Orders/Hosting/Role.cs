namespace Orders;

/// <summary>What this process does: answer requests, do the work, or both.</summary>
internal enum Role
{
    All,
    Api,
    Worker,
}
