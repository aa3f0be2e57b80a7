#!/bin/sh
# Creates the bucket and the queues of samples/Orders if they do not exist.
# AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL_SQS, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, BUCKET, QUEUE
set -eu

# The SHA-256 of an empty body, for versions of curl that do not sign it automatically.
nothing=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# If the bucket exists, the server returns 200, or 409 because this user owns it.
code=$(curl -sS -o /dev/null -w '%{http_code}' --aws-sigv4 "aws:amz:$AWS_REGION:s3" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
  -H "x-amz-content-sha256: $nothing" -X PUT "$AWS_ENDPOINT_URL_S3/$BUCKET")
case $code in 200 | 409) ;; *) echo "The bucket '$BUCKET' could not be created at $AWS_ENDPOINT_URL_S3: $code." >&2; exit 1 ;; esac

sqs() {
  curl -sS --fail-with-body -H 'Content-Type: application/x-amz-json-1.0' -H "X-Amz-Target: AmazonSQS.$1" -d "$2" "$AWS_ENDPOINT_URL_SQS/"
}

sqs CreateQueue "{\"QueueName\":\"$QUEUE-dead\"}"
sqs CreateQueue "{\"QueueName\":\"$QUEUE\",\"Attributes\":{\"MessageRetentionPeriod\":\"86400\",\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":\\\"arn:aws:sqs:$AWS_REGION:000000000000:$QUEUE-dead\\\",\\\"maxReceiveCount\\\":5}\"}}"
echo
