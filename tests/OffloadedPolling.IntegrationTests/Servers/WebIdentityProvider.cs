using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>
/// An OpenID Connect provider on loopback, from which the gateway reads keys, and a role that trusts its tokens. The gateway identifies the
/// provider by the thumbprint of its certificate, so the key set contains the certificate.
/// </summary>
internal sealed class WebIdentityProvider : IAsyncDisposable
{
    private const string Audience = "status-caller";

    private readonly WebApplication _app;

    private readonly X509Certificate2 _certificate;

    private readonly RSA _key;

    private readonly string _role = $"web-{Guid.NewGuid():n}";

    private WebIdentityProvider(WebApplication app, X509Certificate2 certificate, RSA key) =>
        (_app, _certificate, _key) = (app, certificate, key);

    public string RoleArn => $"arn:aws:iam:::role/{_role}";

    private string Issuer => _app.Urls.Single();

    private string Name => Issuer["http://".Length..];

    private string Arn => $"arn:aws:iam:::oidc-provider/{Name}";

    public static async Task<WebIdentityProvider> StartAsync()
    {
        var key = RSA.Create(2048);
        var certificate = new CertificateRequest("CN=oidc", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = new WebIdentityProvider(builder.Build(), certificate, key);
        provider.Map();
        await provider._app.StartAsync();
        await provider.RegisterAsync();
        return provider;
    }

    /// <summary>Creates a token for a caller.</summary>
    public string TokenFor(string subject, TimeSpan? validFor = null, string audience = Audience)
    {
        var now = DateTimeOffset.UtcNow;
        var expiresAt = now + (validFor ?? TimeSpan.FromHours(1));
        var head = Encode("""{"alg":"RS256","typ":"JWT","kid":"k1"}""");
        var claims = Encode(
            $$"""
            {"iss":"{{Issuer}}","aud":"{{audience}}","sub":"{{subject}}","iat":{{now.AddHours(-2).ToUnixTimeSeconds()}},
            "exp":{{expiresAt.ToUnixTimeSeconds()}}}
            """);
        var signature = _key.SignData(Encoding.UTF8.GetBytes($"{head}.{claims}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{head}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        await IamRequests.SendAsync("DeleteRolePolicy", new Dictionary<string, string> { ["RoleName"] = _role, ["PolicyName"] = "s3" });
        await IamRequests.SendAsync("DeleteRole", new Dictionary<string, string> { ["RoleName"] = _role });
        await IamRequests.SendAsync("DeleteOpenIDConnectProvider", new Dictionary<string, string> { ["OpenIDConnectProviderArn"] = Arn });
        await _app.DisposeAsync();
        _certificate.Dispose();
        _key.Dispose();
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private void Map()
    {
        _app.MapGet("/.well-known/openid-configuration", context =>
            WriteAsync(context, $$"""{"issuer":"{{Issuer}}","jwks_uri":"{{Issuer}}/certs"}"""));
        var modulus = Base64Url.EncodeToString(_key.ExportParameters(includePrivateParameters: false).Modulus);
        var certificate = Convert.ToBase64String(_certificate.RawData);
        _app.MapGet("/certs", context => WriteAsync(
            context,
            $$"""{"keys":[{"kty":"RSA","alg":"RS256","use":"sig","kid":"k1","n":"{{modulus}}","e":"AQAB","x5c":["{{certificate}}"]}]}"""));
    }

    private static Task WriteAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    private async Task RegisterAsync()
    {
        await IamRequests.SendAsync("CreateOpenIDConnectProvider", new Dictionary<string, string>
        {
            ["Url"] = Issuer,
            ["ThumbprintList.member.1"] = _certificate.Thumbprint,
            ["ClientIDList.member.1"] = Audience,
        });
        await IamRequests.SendAsync("CreateRole", new Dictionary<string, string>
        {
            ["RoleName"] = _role,
            ["Path"] = "/",
            ["AssumeRolePolicyDocument"] = Policy(
                $$$""" "Principal":{"Federated":["{{{Arn}}}"]},"Action":["sts:AssumeRoleWithWebIdentity"]"""
                + $$$""","Condition":{"StringEquals":{"{{{Name}}}:app_id":"{{{Audience}}}"}} """),
        });
        await IamRequests.SendAsync("PutRolePolicy", new Dictionary<string, string>
        {
            ["RoleName"] = _role,
            ["PolicyName"] = "s3",
            ["PolicyDocument"] = Policy(""" "Action":["s3:*"],"Resource":["arn:aws:s3:::*"] """),
        });
    }

    private static string Policy(string rest)
    {
        // No spaces: each would be sent as a plus sign, which the gateway does not decode.
        var json = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow",{{rest.Trim()}}}]}""";
        using var valid = JsonDocument.Parse(json);
        return json;
    }
}
