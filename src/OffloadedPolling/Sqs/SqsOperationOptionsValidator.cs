using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqs;

/// <summary>What SQS requires of a kind's settings.</summary>
internal sealed class SqsOperationOptionsValidator : IValidateOptions<OperationOptions>
{
    private const string Example = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders";

    public ValidateOptionsResult Validate(string? name, OperationOptions options) => new[]
    {
        WrongWith(nameof(options.QueueUrl), options.QueueUrl),
        options.DeadLetterQueueUrl is null or "" ? null : WrongWith(nameof(options.DeadLetterQueueUrl), options.DeadLetterQueueUrl),
    }.ToResult();

    private static string? WrongWith(string key, string? queueUrl) => queueUrl switch
    {
        null or "" => $"{key} is missing. Set it to the URL of this kind's SQS queue, such as {Example}.",
        _ when !Uri.TryCreate(queueUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") =>
            $"{key} is '{queueUrl}', which is not a queue URL. Set it to one such as {Example}.",
        _ when queueUrl.TrimEnd('/').EndsWith(".fifo", StringComparison.Ordinal) =>
            $"{key} is '{queueUrl}', a FIFO queue, which would run one operation at a time. Use a standard queue.",
        _ => null,
    };
}
