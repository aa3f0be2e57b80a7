namespace Costs;

/// <summary>Calculates what polls cost at an API and on S3.</summary>
internal sealed class Counts(PriceList prices, Workload work)
{
    private const decimal Million = 1_000_000;

    // For DynamoDB, a KB is 1,024 bytes. A read unit is two eventually consistent reads of 4 KB, a write unit one write of 1 KB.
    // https://aws.amazon.com/dynamodb/pricing/on-demand/
    private const decimal BytesInDynamoDbKb = 1024;

    private const decimal KbOfReadUnit = 4;

    private const decimal DaysOfMonth = 30;

    private decimal DynamoDbKb => work.DocumentKb * 1000 / BytesInDynamoDbKb;

    /// <summary>An eventually consistent read: half a unit for each 4 KB, rounded up.</summary>
    private decimal ReadUnits => Math.Ceiling(DynamoDbKb / KbOfReadUnit) / 2;

    private decimal WriteUnits => Math.Ceiling(DynamoDbKb);

    private decimal FunctionPerPoll =>
        (prices.PerMillion.LambdaRequests + (work.MemoryMb / 1024 * work.DurationMs / 1000 * prices.PerMillion.LambdaGbSeconds)) / Million;

    private decimal ReadPerPoll => ReadUnits * prices.PerMillion.DynamoDbReadUnits / Million;

    private decimal WriteAtApi => WriteUnits * prices.PerMillion.DynamoDbWriteUnits / Million;

    private decimal LogsPerPoll => work.LogKb / Million * prices.PerGb.Logs;

    private decimal StoragePerOperation => work.DocumentKb / Million * work.RetentionDays / DaysOfMonth * prices.PerGb.S3StorageMonth;

    private decimal Egress => Math.Max(0, work.EgressGb - prices.FreeEgressGb) * prices.PerGb.Egress;

    /// <summary>Returns the bill of API Gateway, Lambda and DynamoDB with the items of the article.</summary>
    public Bill RestApiAsInTheArticle() => new("REST API", [.. Requests(prices.PerMillion.RestApiRequests), .. FunctionAndReads()]);

    /// <summary>Returns the bill of S3 with the items of the article.</summary>
    public Bill S3AsInTheArticle() => new("S3", [.. S3Requests()]);

    public Bill RestApi() => Api("REST API", prices.PerMillion.RestApiRequests);

    public Bill HttpApi() => Api("HTTP API", prices.PerMillion.HttpApiRequests);

    public Bill S3() => new("S3", [
        .. S3Requests(),
        new("preflights", work.AllPreflights * prices.PerMillion.S3Get / Million),
        new("egress", Egress)]);

    /// <summary>
    /// Returns the number of polls per write at which both cost the same, compared with the article's REST API or with an HTTP API.
    /// </summary>
    /// <returns>0 if S3 does not cost more even without polls; <see langword="null"/> if a poll does not cost less at S3.</returns>
    public decimal? BreakEven(bool asInTheArticle)
    {
        var request = (asInTheArticle ? prices.PerMillion.RestApiRequests : prices.PerMillion.HttpApiRequests) / Million;
        var get = prices.PerMillion.S3Get / Million;
        var savedPerPoll = request + FunctionPerPoll + ReadPerPoll + (asInTheArticle ? 0 : LogsPerPoll) - get;

        // The costs that do not depend on the number of polls. Egress is the same on both sides.
        var moreAtS3 = (work.Writes * prices.PerMillion.S3Put / Million) + StoragePerOperation;
        var moreAtApi = asInTheArticle ? 0 : (work.Writes * WriteAtApi) + (work.Preflights * (request - get));
        return savedPerPoll > 0 ? Math.Max(0, (moreAtS3 - moreAtApi) / savedPerPoll / work.Writes) : null;
    }

    private Bill Api(string name, decimal pricePerMillion) => new(name, [
        .. Requests(pricePerMillion),
        .. FunctionAndReads(),
        new("database writes", work.AllWrites * WriteAtApi),
        new("logs", work.AllPolls * LogsPerPoll),
        new("preflights", work.AllPreflights * pricePerMillion / Million),
        new("egress", Egress)]);

    private IEnumerable<Line> Requests(decimal pricePerMillion) => [new("requests", work.AllPolls * pricePerMillion / Million)];

    private IEnumerable<Line> FunctionAndReads() =>
        [new("function", work.AllPolls * FunctionPerPoll), new("database reads", work.AllPolls * ReadPerPoll)];

    private IEnumerable<Line> S3Requests() => [
        new("requests", work.AllPolls * prices.PerMillion.S3Get / Million),
        new("writes", work.AllWrites * prices.PerMillion.S3Put / Million),
        new("storage", work.Operations * StoragePerOperation)];
}
