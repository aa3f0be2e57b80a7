namespace OffloadedPolling.Tests.Troubleshooting;

/// <summary>The mistakes that have a message of their own. <c>docs/reference/errors.md</c> is made from this table.</summary>
public static class Mistakes
{
    public const string QueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/reports";

    public static Mistake NothingChosen { get; } = new(
        "No implementation is chosen", Seen.Start,
        "No status store and no queue are registered. Call .WithS3() and .WithSqs() (on AWS), or .WithSqlite() (on one machine), after "
        + "AddOffloadedPolling.");

    public static Mistake NoQueue { get; } = new(
        "`WithS3()` without `WithSqs()`", Seen.Start,
        "IOperationQueue: not registered. Call .WithSqs() (on AWS) or .WithSqlite() (on one machine) after AddOffloadedPolling, or "
        + "register your own.");

    public static Mistake NoStore { get; } = new(
        "`WithSqs()` without `WithS3()`", Seen.Start,
        "IOperationStatusStore and IPresignedUrlIssuer: not registered. Call .WithS3() (on AWS) or .WithSqlite() (on one machine) after "
        + "AddOffloadedPolling, or register your own.");

    public static Mistake NoKind { get; } = new(
        "`AddOperation` is forgotten", Seen.Start,
        "No operation kind was added. Call .AddOperation<TPayload>(\"name\") after AddOffloadedPolling.");

    public static Mistake NoHandler { get; } = new(
        "`AddHandler` is forgotten", Seen.Log,
        "Kind 'reports' has no handler in this process. Its operations are accepted here and stay NotStarted until a process with a "
        + "handler runs them. To run them here, call AddHandler.");

    public static Mistake NoStatusRoute { get; } = new(
        "`MapOperations` is forgotten, with `WithSqlite()`", Seen.Start,
        "accepts operations, but this host serves no status documents, so callers could not poll. Call "
        + "app.MapOperations(\"/operations\") before the host starts.");

    public static Mistake TwoHandlers { get; } = new(
        "`AddHandler` is called twice for a kind", Seen.Start,
        "The operation kind 'reports' has 2 handlers; only one is allowed. Remove the other AddHandler calls.");

    public static Mistake OnePayloadTwice { get; } = new(
        "Two kinds have the same payload type", Seen.Start,
        "was added for the kinds 'reports', 'others'. Give each kind a payload type of its own.");

    public static Mistake UnknownResult { get; } = new(
        "The `JsonSerializerContext` lacks the handler's result", Seen.Start,
        "The JsonSerializerContext of the operation kind 'reports' does not contain the result type System.Uri of its handler. Add "
        + "[JsonSerializable(typeof(Uri))] to it.");

    public static Mistake StsWithoutS3 { get; } = new(
        "`WithSts()` without `WithS3()`", Seen.Start,
        "WithSts() is called without WithS3(), so there are no documents on S3 to read with temporary credentials. Call .WithS3() as "
        + "well, or remove WithSts().");

    public static Mistake NothingToRead { get; } = new(
        "`AddDeadLetterReader()` without a dead-letter queue", Seen.Start,
        "AddDeadLetterReader() has no queue to read: OffloadedPolling:Operations:reports:DeadLetterQueueUrl is missing. Set it to the "
        + "queue that the redrive policy of the kind's queue names, or remove the call.");

    public static Mistake NoBucket { get; } = new(
        "No bucket", Seen.Start, "OffloadedPolling:S3:BucketName is missing. Set it to the name of the bucket for status documents.");

    public static Mistake NoQueueUrl { get; } = new(
        "No queue", Seen.Start,
        "OffloadedPolling:Operations:reports:QueueUrl is missing. Set it to the URL of this kind's SQS queue, such as "
        + "https://sqs.eu-west-1.amazonaws.com/123456789012/orders.");

    public static Mistake DurationInHours { get; } = new(
        "A duration of 24 hours or more, written in hours", Seen.Start,
        "OffloadedPolling:Retention is '48:00:00', which .NET does not read as 48 hours. For 48 hours, write 2.00:00:00; for 48 day(s), "
        + "write 48.00:00:00.");

    public static Mistake DurationWithoutUnit { get; } = new(
        "A duration without a unit", Seen.Start,
        "OffloadedPolling:Retention is '30', which .NET reads as 30 day(s). For 30 second(s), write 00:00:30; for 30 day(s), write "
        + "30.00:00:00.");

    public static Mistake UnknownSetting { get; } = new(
        "A setting with a wrong name", Seen.Start,
        "OffloadedPolling:Retension is not a setting of this version. Remove it, or correct its name.");

    public static Mistake PublicEndpointWithPath { get; } = new(
        "`S3:PublicEndpoint` with a path", Seen.Start,
        "OffloadedPolling:S3:PublicEndpoint is 'https://files.example.com/s3'. Set it to an address without a path, such as "
        + "https://files.example.com; the bucket is added to it.");

    public static Mistake QueueInAnotherRegion { get; } = new(
        "The queue is in another region than `AWS_REGION`", Seen.Start,
        $"The queue '{QueueUrl}' of kind 'reports' cannot be used: the queue is in the region 'eu-west-1', and the SQS client's region "
        + "is 'us-east-1'. Set AWS_REGION to 'eu-west-1', correct QueueUrl, or register an IAmazonSQS for the queue's region.");

    public static Mistake NoRegion { get; } = new(
        "No region", Seen.Start,
        "Set AWS_REGION (and AWS_ENDPOINT_URL_S3 for a server other than AWS), or register an IAmazonS3.");

    public static Mistake ConditionsIgnored { get; } = new(
        "An S3-compatible server without conditional writes", Seen.Start,
        "ignores If-None-Match and If-Match, so concurrent writers overwrite each other. Use a server that supports conditional writes, "
        + "or set OffloadedPolling:S3:RequireConditionalWrites to false to run without the guarantees that depend on them.");

    public static Mistake NoCredentials { get; } = new(
        "No AWS credentials", Seen.HealthCheck,
        "no AWS credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, set AWS_PROFILE to a profile name, or "
        + "assign a role to the machine, container or function.");

    public static Mistake WrongSecret { get; } = new(
        "A wrong secret key", Seen.HealthCheck,
        "the credentials were rejected (SignatureDoesNotMatch). Check the credentials that the AWS SDK finds: AWS_ACCESS_KEY_ID and "
        + "AWS_SECRET_ACCESS_KEY, the profile, or the role.");

    public static Mistake NoSuchBucket { get; } = new(
        "The bucket does not exist", Seen.HealthCheck,
        "the bucket does not exist. Create it, or correct S3:BucketName, the region (AWS_REGION) or the address (AWS_ENDPOINT_URL_S3).");

    public static Mistake AccessDenied { get; } = new(
        "A permission on the bucket is missing", Seen.HealthCheck,
        "access is denied. Grant s3:GetObject, s3:PutObject and, for deletions, s3:DeleteObject on the objects of the bucket, and "
        + "s3:ListBucket on the bucket. Also check the policies of the bucket and of its encryption key.");

    public static Mistake BucketInAnotherRegion { get; } = new(
        "The bucket is in another region, and S3 redirects", Seen.HealthCheck,
        "a redirect, and their signature is not valid at another address. Set AWS_REGION to 'eu-central-1', or correct "
        + "S3:PublicEndpoint.");

    public static Mistake NoPathStyle { get; } = new(
        "An S3-compatible server without `S3:ForcePathStyle`", Seen.HealthCheck,
        "for most S3-compatible servers, set S3:ForcePathStyle to true, or ForcePathStyle of the client that the host registers.");

    public static Mistake NoServer { get; } = new(
        "No server at `AWS_ENDPOINT_URL_S3`", Seen.HealthCheck,
        "Check that the server is running, and that AWS_ENDPOINT_URL_S3 is its address.");

    public static Mistake RegionThatDoesNotExist { get; } = new(
        "A region that does not exist", Seen.HealthCheck, "DNS has no address for S3 in the region 'eu-wset-1'");

    public static Mistake NoSuchQueue { get; } = new(
        "The queue does not exist", Seen.HealthCheck,
        "the queue does not exist. Create it, or correct QueueUrl, the region (AWS_REGION) or the address (AWS_ENDPOINT_URL_SQS).");

    public static IEnumerable<Mistake> All =>
    [
        NothingChosen, NoQueue, NoStore, NoKind, NoHandler, NoStatusRoute, TwoHandlers, OnePayloadTwice, UnknownResult, StsWithoutS3,
        NothingToRead,
        NoBucket, NoQueueUrl, DurationInHours, DurationWithoutUnit, UnknownSetting, PublicEndpointWithPath,
        NoRegion, RegionThatDoesNotExist, QueueInAnotherRegion, NoCredentials, WrongSecret, AccessDenied,
        NoSuchBucket, NoSuchQueue, BucketInAnotherRegion, NoServer, NoPathStyle, ConditionsIgnored,
    ];
}
