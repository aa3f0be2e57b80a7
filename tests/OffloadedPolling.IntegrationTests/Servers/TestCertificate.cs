using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>A self-signed certificate for servers on loopback, in a file with a password.</summary>
internal sealed class TestCertificate : IDisposable
{
    public const string Password = "for tests only";

    private readonly string _folder = Directory.CreateTempSubdirectory("certificate-").FullName;

    public TestCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        System.IO.File.WriteAllBytes(File, certificate.ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, Password));
    }

    public string File => Path.Combine(_folder, "certificate.pfx");

    /// <summary>Gets the Kestrel settings that make it the default certificate.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["ASPNETCORE_Kestrel__Certificates__Default__Path"] = File,
        ["ASPNETCORE_Kestrel__Certificates__Default__Password"] = Password,
    };

    /// <summary>Creates a handler for callers that accept any certificate.</summary>
    public static HttpClientHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
