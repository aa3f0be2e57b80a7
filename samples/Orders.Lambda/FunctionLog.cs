namespace Orders.Lambda;

/// <summary>Logs go to the standard output, each as one line of JSON: CloudWatch makes an entry of every line.</summary>
internal static class FunctionLog
{
    public static void Use(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
    }
}
