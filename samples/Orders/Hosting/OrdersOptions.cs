namespace Orders;

/// <summary>Provides the sample's options, in the configuration section <c>Orders</c>.</summary>
internal sealed class OrdersOptions
{
    public Role Role { get; set; } = Role.All;

    /// <summary>Gets or sets the duration of the work.</summary>
    public TimeSpan ProcessingTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the DynamoDB table for orders. If it is not set, they are in <see cref="DataSource"/>.</summary>
    public string? TableName { get; set; }

    /// <summary>Gets or sets the path of the SQLite file for orders.</summary>
    public string DataSource { get; set; } = "orders.db";

    /// <summary>Gets or sets the other origins whose pages may use this API, such as <c>https://shop.example.com</c>.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>
    /// Returns whether to use S3 and SQS instead of SQLite. One of their settings is enough, so that a missing bucket stops the start
    /// instead of storing orders in a file.
    /// </summary>
    public static bool IsOnAws(IConfiguration polling) =>
        polling.GetSection("S3").GetChildren().Any() || !string.IsNullOrEmpty(polling["Operations:orders:QueueUrl"]);

    public static bool HasDeadLetterQueue(IConfiguration polling) => !string.IsNullOrEmpty(polling["Operations:orders:DeadLetterQueueUrl"]);

    /// <summary>Returns whether callers can get temporary credentials instead of status URLs. This requires a token.</summary>
    public static bool IssuesCredentials(IConfiguration polling) => polling.GetSection("Sts").Exists();

    /// <summary>Returns whether callers need a token: if the bearer scheme is set up, as by <c>dotnet user-jwts create</c>.</summary>
    public static bool RequiresTokens(IConfiguration configuration) => configuration.GetSection("Authentication:Schemes:Bearer").Exists();

    public static OrdersOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection("Orders").Get<OrdersOptions>() ?? new OrdersOptions();
        return options.ProcessingTime >= TimeSpan.Zero && options.ProcessingTime <= TimeSpan.FromHours(1)
            ? options
            : throw new InvalidOperationException(
                $"Orders:ProcessingTime is {options.ProcessingTime}. Set it to 00:00:00 to 01:00:00; a single number means days.");
    }
}
