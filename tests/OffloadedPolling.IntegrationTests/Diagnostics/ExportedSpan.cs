namespace OffloadedPolling.IntegrationTests.Diagnostics;

/// <summary>A span as it came over OTLP.</summary>
/// <param name="Service">The resource's <c>service.name</c>.</param>
/// <param name="Scope">The name of its source.</param>
/// <param name="Name">Its name.</param>
/// <param name="TraceId">Its trace, in hex.</param>
/// <param name="Id">Its id, in hex.</param>
/// <param name="ParentId">That of its parent; empty, if it has none.</param>
/// <param name="Attributes">Those that are texts.</param>
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
