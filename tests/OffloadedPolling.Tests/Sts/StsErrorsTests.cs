using Amazon.SecurityToken;
using OffloadedPolling.Sts;

namespace OffloadedPolling.Tests.Sts;

public sealed class StsErrorsTests
{
    [Fact]
    public void ToException_ValidationErrorOfFederationToken_NamesNoRole()
    {
        var invalid = new AmazonSecurityTokenServiceException("invalid") { ErrorCode = "ValidationError" };

        StsErrors.ToException(StsAction.GetFederationToken, "arn:aws:iam::123456789012:role/reader", invalid).Message
            .Should().Contain("Check the duration, which must be 15 minutes to 36 hours, and the caller's name.").And.NotContain("role");
    }
}
