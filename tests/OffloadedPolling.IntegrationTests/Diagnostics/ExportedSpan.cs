namespace OffloadedPolling.IntegrationTests.Diagnostics;

/// <summary>A span that was exported over OTLP.</summary>
/// <param name="Service">The <c>service.name</c> of its resource.</param>
/// <param name="Scope">The name of its activity source.</param>
/// <param name="Name">Its name.</param>
/// <param name="TraceId">Its trace ID, in hexadecimal.</param>
/// <param name="Id">Its ID, in hexadecimal.</param>
/// <param name="ParentId">The ID of its parent; empty if it has none.</param>
/// <param name="Attributes">Its string attributes.</param>
internal sealed record ExportedSpan(
    string Service, string Scope, string Name, string TraceId, string Id, string ParentId, IReadOnlyDictionary<string, string> Attributes)
{
    // https://github.com/open-telemetry/opentelemetry-proto: trace_service.proto, trace.proto
    public static IEnumerable<ExportedSpan> In(byte[] request) =>
        from resourceSpans in new ProtobufFields(request).Messages(1)
        let service = resourceSpans.Messages(1).First().Attributes(1).GetValueOrDefault("service.name", "")
        from scopeSpans in resourceSpans.Messages(2)
        let scope = scopeSpans.Messages(1).First().Text(1)
        from span in scopeSpans.Messages(2)
        select new ExportedSpan(service, scope, span.Text(5), span.Hex(1), span.Hex(2), span.Hex(4), span.Attributes(9));
}
