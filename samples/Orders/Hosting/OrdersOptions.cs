namespace Orders;

/// <summary>Settings of the sample, in the configuration section <c>Orders</c>.</summary>
internal sealed class OrdersOptions
{
    public Role Role { get; set; } = Role.All;

    /// <summary>How long the work takes.</summary>
    public TimeSpan ProcessingTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The DynamoDB table for orders; unset, they lie in <see cref="DataSource"/>.</summary>
    public string? TableName { get; set; }

    /// <summary>The SQLite file for orders.</summary>
    public string DataSource { get; set; } = "orders.db";

    /// <summary>The origins of pages that may use this API, beside its own: <c>https://shop.example.com</c>.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>
    /// Whether S3 and SQS are meant, or else a SQLite file. Half of their settings count as well: a forgotten bucket stops the start then,
    /// instead of leaving orders in a file.
    /// </summary>
    public static bool IsOnAws(IConfiguration polling) =>
        polling.GetSection("S3").GetChildren().Any() || !string.IsNullOrEmpty(polling["Operations:orders:QueueUrl"]);

    public static bool HasDeadLetterQueue(IConfiguration polling) => !string.IsNullOrEmpty(polling["Operations:orders:DeadLetterQueueUrl"]);

    /// <summary>Whether callers may have temporary credentials in the place of status URLs. They have to show a token for it.</summary>
    public static bool IssuesCredentials(IConfiguration polling) => polling.GetSection("Sts").Exists();

    /// <summary>Whether callers have to show a token: where the bearer scheme is set up, as <c>dotnet user-jwts create</c> does.</summary>
    public static bool DemandsTokens(IConfiguration configuration) => configuration.GetSection("Authentication:Schemes:Bearer").Exists();

    public static OrdersOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection("Orders").Get<OrdersOptions>() ?? new OrdersOptions();
        return options.ProcessingTime >= TimeSpan.Zero && options.ProcessingTime <= TimeSpan.FromHours(1)
            ? options
            : throw new InvalidOperationException(
                $"Orders:ProcessingTime is {options.ProcessingTime}. Set it to between 00:00:00 and 01:00:00; a bare number means days.");
    }
}
