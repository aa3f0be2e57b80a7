using Microsoft.Extensions.Options;

namespace OffloadedPolling.Sqs;

/// <summary>What SQS asks of a kind's settings.</summary>
internal sealed class SqsOperationOptionsValidator(SettingsSection settings) : IValidateOptions<OperationOptions>
{
    public ValidateOptionsResult Validate(string? name, OperationOptions options)
    {
        var errors = new SettingErrors(settings, $"Operations:{name}:");
        if (WrongWith(options.QueueUrl) is { } wrong)
        {
            errors.Add(nameof(options.QueueUrl), wrong);
        }

        if (!string.IsNullOrEmpty(options.DeadLetterQueueUrl) && WrongWith(options.DeadLetterQueueUrl) is { } wrongToo)
        {
            errors.Add(nameof(options.DeadLetterQueueUrl), wrongToo);
        }

        return errors.ToResult();
    }

    private static string? WrongWith(string? queueUrl) => queueUrl switch
    {
        null or "" => "is missing. Set it to the URL of this kind's SQS queue, such as https://sqs.eu-west-1.amazonaws.com/123456789012/orders.",
        _ when !Uri.TryCreate(queueUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") =>
            $"is '{queueUrl}', which is no queue URL. It looks like https://sqs.eu-west-1.amazonaws.com/123456789012/orders.",
        _ when queueUrl.TrimEnd('/').EndsWith(".fifo", StringComparison.Ordinal) =>
            $"is '{queueUrl}', a FIFO queue, which would run one operation at a time. Use a standard queue.",
        _ => null,
    };
}
