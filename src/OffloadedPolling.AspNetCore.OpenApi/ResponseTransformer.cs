using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace OffloadedPolling.AspNetCore;

/// <summary>Writes the response descriptions and headers of endpoint metadata that ASP.NET Core omits.</summary>
internal sealed class ResponseTransformer : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var headers = metadata.OfType<ResponseHeader>().ToLookup(header => header.StatusCode);
        foreach (var (code, described) in headers.Count > 0 && operation.Responses is { } responses ? responses : [])
        {
            if (described is OpenApiResponse response
                && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            {
                Describe(response, status, metadata, headers[status]);
            }
        }

        return Task.CompletedTask;
    }

    private static void Describe(OpenApiResponse response, int status, IList<object> metadata, IEnumerable<ResponseHeader> headers)
    {
        // Keeps a description that the host has set.
        if (response.Description == ReasonPhrases.GetReasonPhrase(status))
        {
            response.Description = metadata.OfType<IProducesResponseTypeMetadata>()
                .LastOrDefault(described => described.StatusCode == status && described.Description is not null)?.Description
                ?? response.Description;
        }

        foreach (var header in headers)
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers[header.Name] = HeaderOf(header);
        }
    }

    private static OpenApiHeader HeaderOf(ResponseHeader header) => new()
    {
        Description = header.Description,
        Schema = new OpenApiSchema
        {
            Type = header.Type == "integer" ? JsonSchemaType.Integer : JsonSchemaType.String,
            Format = header.Format,
        },
    };
}
