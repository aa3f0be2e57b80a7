namespace OffloadedPolling.Tests.Secrecy;

public sealed class SecretsTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private const string Base64Url = "0123456789_bcdef0123456789-BCDEF0123456789a";

    [Theory]
    [InlineData("GET https://s3/k?X-Amz-Expires=300&X-Amz-Signature=" + Hex)]
    [InlineData("?X-Amz-Credential=AKID%2F20261123%2Fs3&X-Amz-Date=1")]
    [InlineData("?X-Amz-Security-Token=a%2Bb&X-Amz-Date=1")]
    [InlineData("https%3A%2F%2Fs3%2Fk%3FX-Amz-Signature%3D" + Hex)]
    [InlineData("{\"statusUrl\":\"https://s3/k?X-Amz-Expires=1\\u0026X-Amz-Signature=" + Hex + "\"}")]
    [InlineData("x-amz-security-token: IQoJb3JpZ2luX2VjE")]
    [InlineData("\"X-Amz-Security-Token\": [\"IQoJb3JpZ2luX2VjE\"]")]
    [InlineData("Authorization: AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=" + Hex)]
    [InlineData("Signature=" + Hex)]
    [InlineData("http://localhost/operations/1/status?expires=1&signature=" + Base64Url)]
    [InlineData("QueryString=?expires=1&signature=" + Base64Url)]
    [InlineData("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.abc")]
    [InlineData("the key is kept-by-a-test")]
    [InlineData("the key is kept%2Bby%2Btests")]
    public void AreIn_Secret_IsMasked(string text)
    {
        Of().AreIn(text, out var masked).Should().BeTrue();
        masked.Should().NotContain(Hex[..20]);
        masked.Should().NotContain(Base64Url[..20]);
        masked.Should().NotContain("AKID");
        masked.Should().NotContain("IQoJ");
        masked.Should().NotContain("kept");
        Of().AreIn(masked, out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://s3/k?(withheld)")]
    [InlineData("The S3 client signs URLs without X-Amz-Signature.")]
    [InlineData("signature=short")]
    [InlineData("url.full=https://s3/k?*")]
    [InlineData("the ETag 0123456789abcdef0123456789abcdef")]
    public void AreIn_NoSecret_IsUnchanged(string text)
    {
        Of().AreIn(text, out var masked).Should().BeFalse();
        masked.Should().Be(text);
    }

    private static Secrets Of()
    {
        var secrets = new Secrets(usePatterns: true);
        secrets.Keep("kept-by-a-test");
        secrets.Keep("kept+by+tests");
        return secrets;
    }
}
