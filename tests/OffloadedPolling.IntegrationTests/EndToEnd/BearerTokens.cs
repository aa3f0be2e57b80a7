using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.IntegrationTests.EndToEnd;

/// <summary>Tokens like those of <c>dotnet user-jwts</c> (HS256), and the settings with which Orders requires them.</summary>
internal sealed class BearerTokens
{
    private const string Issuer = "test-issuer";

    private const string Audience = "https://orders.example.com";

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Adds the settings that <c>dotnet user-jwts create</c> writes.</summary>
    public Dictionary<string, string> Require(Dictionary<string, string> settings) => new(settings)
    {
        ["Authentication__Schemes__Bearer__ValidIssuer"] = Issuer,
        ["Authentication__Schemes__Bearer__ValidAudiences__0"] = Audience,
        ["Authentication__Schemes__Bearer__SigningKeys__0__Issuer"] = Issuer,
        ["Authentication__Schemes__Bearer__SigningKeys__0__Value"] = Secrets.All.Keep(Convert.ToBase64String(_key)),
    };

    public string For(string user)
    {
        var expiresAt = DateTimeOffset.UtcNow.AddMinutes(30).ToUnixTimeSeconds();
        var signed = Encode("""{"alg":"HS256","typ":"JWT"}""")
            + "." + Encode($$"""{"sub":"{{user}}","iss":"{{Issuer}}","aud":"{{Audience}}","exp":{{expiresAt}}}""");
        return signed + "." + Secrets.All.Keep(Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(signed))));
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
