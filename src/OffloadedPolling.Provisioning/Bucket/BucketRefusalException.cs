using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace OffloadedPolling.Provisioning;

/// <summary>S3's refusal of a request for one of a bucket's configuration documents.</summary>
internal sealed class BucketRefusalException(string resource, string message, string code, HttpStatusCode status)
    : AmazonS3Exception(message, null, ErrorType.Unknown, code, "", status)
{
    /// <summary>The document's name in the query: a part may look at more than its own.</summary>
    public string Resource => resource;
}
