using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Tests.Shared;

/// <summary>Authenticates callers by the names in their headers.</summary>
internal sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Id = "X-Test-Id";

    public const string UserName = "X-Test-Name";

    public const string Subject = "X-Test-Subject";

    public static void Add(IServiceCollection services)
    {
        services.AddAuthentication("headers").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("headers", null);
        services.AddAuthorization();
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var claims = new List<Claim>();
        AddClaim(Id, ClaimTypes.NameIdentifier);
        AddClaim(UserName, ClaimTypes.Name);
        AddClaim(Subject, "sub");
        return Task.FromResult(new[] { Id, UserName, Subject }.Any(Request.Headers.ContainsKey)
            ? AuthenticateResult.Success(
                new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name)), Scheme.Name))
            : AuthenticateResult.NoResult());

        void AddClaim(string header, string type)
        {
            if (Request.Headers[header].ToString() is { Length: > 0 } value)
            {
                claims.Add(new Claim(type, value));
            }
        }
    }
}
