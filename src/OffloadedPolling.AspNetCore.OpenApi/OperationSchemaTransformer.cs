using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OffloadedPolling.AspNetCore;

/// <summary>
/// Writes the schemas of <see cref="OperationSchemas"/>, because the schemas that ASP.NET Core infers ignore the library's JSON converters
/// and naming policy.
/// </summary>
internal sealed class OperationSchemaTransformer : IOpenApiSchemaTransformer
{
    // ASP.NET Core's internal marks: a schema that becomes a reference, the reference's description, and a reference that allows null.
    private const string SchemaId = "x-schema-id";

    private const string ReferenceDescription = "x-ref-description";

    private const string NullableProperty = "x-is-nullable-property";

    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (OperationSchemas.All.TryGetValue(context.JsonTypeInfo.Type, out var type))
        {
            await WriteAsync(type, schema, context, cancellationToken).ConfigureAwait(false);
        }

        // Members are transformed again after the transformer that writes XML comments.
        if (context.JsonPropertyInfo is { } property
            && OperationSchemas.All.TryGetValue(property.DeclaringType, out var declaring)
            && declaring.Members.FirstOrDefault(member => member.Name == property.Name) is { } member)
        {
            Write(member, schema);
        }
    }

    private static async Task WriteAsync(
        TypeDescription type, OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        schema.Description = type.Text;
        type.Shape(schema);
        if (type.Members.Count == 0)
        {
            return;
        }

        var described = new Dictionary<string, IOpenApiSchema>();
        foreach (var member in type.Members)
        {
            var written = Existing(schema, member.Name) ?? (member.Type is null
                ? new OpenApiSchema()
                : await context.GetOrCreateSchemaAsync(member.Type, cancellationToken: cancellationToken).ConfigureAwait(false));
            Write(member, written);
            described[member.Name] = written;
        }

        schema.Properties = described;
        schema.Required = type.Members.Where(member => member.IsRequired).Select(member => member.Name).ToHashSet();
    }

    private static OpenApiSchema? Existing(OpenApiSchema schema, string name) =>
        schema.Properties?.TryGetValue(name, out var existing) == true ? existing as OpenApiSchema : null;

    private static void Write(MemberDescription member, OpenApiSchema schema)
    {
        // Unknown members are absent, never null.
        schema.Metadata?.Remove(NullableProperty);
        if (member.Type is not null && schema.Metadata?.ContainsKey(SchemaId) == true)
        {
            schema.Metadata[ReferenceDescription] = member.Text;
            return;
        }

        schema.Metadata?.Remove(SchemaId);
        schema.Description = member.Text;
        member.Shape(schema);
    }
}
