using Amazon.Runtime;

namespace OffloadedPolling.Sts;

/// <summary>Explains errors of STS and what to do about them.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
/// </remarks>
internal static class StsErrors
{
    public static TemporaryCredentialsException ToException(StsAction action, string roleArn, Exception error)
    {
        var answered = error as AmazonServiceException;
        var code = answered?.ErrorCode is { Length: > 0 } told ? told : null;
        var isCallersProof = action.IsCallersProof && IsOfProof(code);
        var (what, whatToDo) = code switch
        {
            _ when isCallersProof => ($"the caller's token or assertion was rejected ({code})",
                "Get a new one from the provider. If it is rejected too, compare its issuer, audience and subject with the trust policy "
                + $"of '{roleArn}'."),
            "AccessDenied" or "AccessDeniedException" => ("access is denied", action.Kind == StsActionKind.GetFederationToken
                ? "Grant sts:GetFederationToken to the host's IAM user."
                : $"Add the host's identity to the trust policy of '{roleArn}', grant it sts:AssumeRole, and check that the role exists "
                    + "(Sts:RoleArn)."),
            "ExpiredToken" or "ExpiredTokenException"
                or "InvalidClientTokenId" or "SignatureDoesNotMatch" or "UnrecognizedClientException" or "MissingAuthenticationToken" =>
                ($"the host's credentials were rejected ({code})", AwsFailure.HowToCheckCredentials),
            "ValidationError" when action.Kind == StsActionKind.GetFederationToken => (
                "STS rejected a value of the request (ValidationError)",
                "Check the duration, which must be 15 minutes to 36 hours, and the caller's name."),
            "ValidationError" => ("STS rejected a value of the request (ValidationError)",
                $"Most likely, the duration exceeds the MaxSessionDuration of '{roleArn}', which is 1 hour by default. Raise it, or lower "
                + "Sts:Duration."),
            "NoSuchEntity" =>
                ("the role or the provider does not exist (NoSuchEntity)", $"Create it, or correct Sts:RoleArn, which is '{roleArn}'."),
            "PackedPolicyTooLarge" => ("the session policy is too large (PackedPolicyTooLarge)", "Request fewer status keys at once."),
            "RegionDisabledException" => ("STS is not active in this region (RegionDisabledException)",
                "Activate it in the account's settings, or set another AWS_REGION."),
            "IDPCommunicationError" => ("STS cannot reach the identity provider (IDPCommunicationError)",
                "Retry. If it fails again, check that the provider's discovery document can be read from the internet."),
            { Length: > 0 } => ($"STS returned {code}", "See the AWS documentation of this error."),
            _ => ($"STS could not be reached ({error.GetType().Name})", "Check the network, AWS_REGION and AWS_ENDPOINT_URL_STS, and "
                + "that the AWS SDK finds credentials. See the inner exception."),
        };

        // Without the message of STS, which may quote the proof or the session token of the request.
        var request = answered?.RequestId is { Length: > 0 } id ? $" (request {id})" : "";
        return new($"{action} issued no temporary credentials: {what}{request}. {whatToDo}", code is null ? error : null, isCallersProof);
    }

    // Including a denial, because the trust policy of the role does not accept the proof.
    private static bool IsOfProof(string? code) =>
        code is "ExpiredTokenException" or "ExpiredToken" or "InvalidIdentityToken" or "InvalidIdentityTokenException"
            or "IDPRejectedClaim" or "IDPRejectedClaimException" or "AccessDenied" or "AccessDeniedException";
}
