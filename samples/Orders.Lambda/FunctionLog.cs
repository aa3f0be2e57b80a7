namespace Orders.Lambda;

/// <summary>Logs to standard output, one line of JSON per entry, because CloudWatch creates an entry for every line.</summary>
internal static class FunctionLog
{
    public static void Use(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
    }
}
