namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>What <see cref="FaultyNetwork"/> does to a request.</summary>
internal enum Fault
{
    /// <summary>Returns 500 without forwarding the request.</summary>
    InternalError,

    /// <summary>Returns 503 without forwarding the request.</summary>
    Unavailable,

    /// <summary>Returns 409 to a conditional write to S3 without forwarding the request.</summary>
    Conflict,

    /// <summary>Forwards the request and resets the connection after the response, so the request has been executed.</summary>
    Reset,

    /// <summary>Forwards the request after two seconds.</summary>
    Delay,
}
