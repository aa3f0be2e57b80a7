namespace Orders;

/// <summary>Counts the polls that reach this host. With S3, there are none.</summary>
internal sealed class PollCounter(bool hostStandsInForS3)
{
    private long _polls;

    public Polls Count => new(Interlocked.Read(ref _polls), hostStandsInForS3);

    public Task CountAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Path.Value is { } path
            && path.StartsWith("/operations/", StringComparison.OrdinalIgnoreCase)
            && path.EndsWith("/status", StringComparison.OrdinalIgnoreCase))
        {
            Interlocked.Increment(ref _polls);
        }

        return next(context);
    }
}
