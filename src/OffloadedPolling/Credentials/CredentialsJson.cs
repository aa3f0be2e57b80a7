using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OffloadedPolling;

/// <summary>How credentials are read and written as JSON, without reflection.</summary>
public static class CredentialsJson
{
    // Tokens stay readable. What is served as application/json needs no escaping against HTML.
    private static readonly CredentialsJsonContext _context =
        new(new JsonSerializerOptions(CredentialsJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>What <c>POST /operations/{id}/credentials</c> answers.</summary>
    public static JsonTypeInfo<StatusCredentials> Status => _context.StatusCredentials;

    /// <summary>Credentials alone.</summary>
    public static JsonTypeInfo<TemporaryCredentials> Temporary => _context.TemporaryCredentials;
}
