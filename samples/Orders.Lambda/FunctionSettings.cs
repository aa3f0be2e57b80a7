namespace Orders.Lambda;

/// <summary>The settings that every function reads from the environment, as template.yaml sets them.</summary>
internal static class FunctionSettings
{
    private const string Timeout = "Orders:FunctionTimeout";

    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(15);

    /// <summary>Gets the folder of the function's files: the settings and the page.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable("LAMBDA_TASK_ROOT") is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;

    public static string TableName(OrdersOptions settings) => settings.TableName is { Length: > 0 } table
        ? table
        : throw new InvalidOperationException(
            "Orders:TableName is missing. A function cannot store orders in a file. Set it to the DynamoDB table for orders, with the "
            + "string 'id' as its hash key.");

    /// <summary>Returns the function's timeout, which it cannot read from Lambda.</summary>
    public static TimeSpan FunctionTimeout(IConfiguration configuration)
    {
        var text = configuration[Timeout];
        if (TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var timeout)
            && timeout > TimeSpan.Zero && timeout <= _longest)
        {
            return timeout;
        }

        var value = string.IsNullOrEmpty(text) ? "missing" : $"'{text}'";
        throw new InvalidOperationException(
            $"{Timeout} is {value}. Set it to the function's Timeout, at most {_longest}. Handlers are canceled before it elapses.");
    }
}
