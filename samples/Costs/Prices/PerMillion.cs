namespace Costs;

/// <summary>Prices per million.</summary>
internal sealed record PerMillion(
    decimal S3Put,
    decimal S3Get,
    decimal RestApiRequests,
    decimal HttpApiRequests,
    decimal LambdaRequests,
    decimal LambdaGbSeconds,
    decimal DynamoDbReadUnits,
    decimal DynamoDbWriteUnits);
