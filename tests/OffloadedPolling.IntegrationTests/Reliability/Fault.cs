namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>What <see cref="FaultyNetwork"/> does to a request.</summary>
internal enum Fault
{
    /// <summary>Answers 500 without passing it on.</summary>
    InternalError,

    /// <summary>Answers 503 without passing it on.</summary>
    Unavailable,

    /// <summary>Answers a conditional write of S3's with 409 without passing it on.</summary>
    Conflict,

    /// <summary>Passes it on, and resets the connection when the server has answered: what was asked for is done.</summary>
    Reset,

    /// <summary>Passes it on two seconds later.</summary>
    Delay,
}
