using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OffloadedPolling.AspNetCore;

namespace Orders;

/// <summary>Writes the headers of the library's answers into the OpenAPI document: ASP.NET Core's own metadata knows no headers.</summary>
internal static class OpenApiHeaders
{
    public static OpenApiOptions AddResponseHeaders(this OpenApiOptions document) => document.AddOperationTransformer((operation, context, _) =>
    {
        foreach (var header in context.Description.ActionDescriptor.EndpointMetadata.OfType<ResponseHeader>())
        {
            if (operation.Responses?.GetValueOrDefault($"{header.StatusCode}") is OpenApiResponse response)
            {
                response.Headers ??= new Dictionary<string, IOpenApiHeader>();
                response.Headers[header.Name] = new OpenApiHeader
                {
                    Description = header.Description,
                    Schema = new OpenApiSchema { Type = header.Type == "integer" ? JsonSchemaType.Integer : JsonSchemaType.String, Format = header.Format },
                };
            }
        }

        return Task.CompletedTask;
    });
}
