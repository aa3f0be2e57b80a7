namespace Orders;

/// <summary>Specifies whether this process answers requests, does the work, or both.</summary>
internal enum Role
{
    All,
    Api,
    Worker,
}
