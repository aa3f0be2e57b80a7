namespace Orders.Lambda;

/// <summary>What every function is told by its environment, as template.yaml sets it.</summary>
internal static class FunctionSettings
{
    private const string Timeout = "Orders:FunctionTimeout";

    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(15);

    /// <summary>Where the function's files lie: the settings and the page.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable("LAMBDA_TASK_ROOT") is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;

    public static string TableName(OrdersOptions settings) => settings.TableName is { Length: > 0 } table
        ? table
        : throw new InvalidOperationException(
            "Orders:TableName is missing: a function has no file to keep orders in. Set it to the DynamoDB table for orders, with the "
            + "string 'id' as its hash key.");

    /// <summary>The function's own timeout, which it cannot ask for.</summary>
    public static TimeSpan FunctionTimeout(IConfiguration configuration) =>
        configuration[Timeout] is { Length: > 0 } text
        && TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var timeout)
            && timeout > TimeSpan.Zero && timeout <= _longest
            ? timeout
            : throw new InvalidOperationException(
                $"{Timeout} is {(configuration[Timeout] is { Length: > 0 } wrong ? $"'{wrong}'" : "missing")}. Set it to the "
                + $"function's Timeout, up to {_longest}: handlers are stopped before it is over.");
}
