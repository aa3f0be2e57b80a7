using Amazon.Runtime;

namespace OffloadedPolling.Sts;

/// <summary>What STS's refusals mean, and what to do about them.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
/// </remarks>
internal static class StsErrors
{
    public static TemporaryCredentialsException ToException(StsAction action, string roleArn, Exception error)
    {
        var byProof = action.IsCallersProof;
        var code = (error as AmazonServiceException)?.ErrorCode is { Length: > 0 } told ? told : null;
        var (what, whatToDo) = code switch
        {
            _ when byProof && IsOfProof(code) => ($"the caller's token or assertion is refused ({code})",
                $"Get a new one from the provider; if that is refused too, compare its issuer, audience and subject with what the "
                + $"trust policy of '{roleArn}' asks for."),
            "AccessDenied" or "AccessDeniedException" => ("access is denied", action.Kind == StsActionKind.GetFederationToken
                ? "Allow sts:GetFederationToken to the host's IAM user."
                : $"Let the trust policy of '{roleArn}' name the host's identity, allow it sts:AssumeRole, and check that the role "
                    + "exists (Sts:RoleArn)."),
            "ExpiredToken" or "ExpiredTokenException"
                or "InvalidClientTokenId" or "SignatureDoesNotMatch" or "UnrecognizedClientException" or "MissingAuthenticationToken" =>
                ($"the host's credentials are refused ({code})", "Check the credentials that the AWS SDK finds: AWS_ACCESS_KEY_ID and "
                    + "its fellows, the profile, or the role."),
            "ValidationError" => ("STS takes a value of the request for wrong (ValidationError)",
                $"Most likely the duration is over the MaxSessionDuration of '{roleArn}', an hour unless set: raise that, or lower "
                + "Sts:Duration."),
            "NoSuchEntity" =>
                ("the role or the provider does not exist (NoSuchEntity)", $"Create it, or correct Sts:RoleArn, which is '{roleArn}'."),
            "PackedPolicyTooLarge" => ("the session policy is too large (PackedPolicyTooLarge)", "Ask for fewer status keys at once."),
            "RegionDisabledException" => ("STS is not active in this region (RegionDisabledException)", "Activate it in the account's "
                + "settings, or set another AWS_REGION."),
            "IDPCommunicationError" => ("STS cannot reach the identity provider (IDPCommunicationError)", "Try again; if it stays so, "
                + "check that the provider's discovery document can be read from the internet."),
            { Length: > 0 } => ($"STS answered {code}", "See what AWS documents of it."),
            _ => ($"STS could not be reached ({error.GetType().Name})", "Check the network, AWS_REGION and AWS_ENDPOINT_URL_STS, and "
                + "that the AWS SDK finds credentials. The inner exception tells."),
        };

        // What STS says besides may quote the request: the proof, the session token.
        var answered = error as AmazonServiceException;
        var request = answered?.RequestId is { Length: > 0 } id ? $" (request {id})" : "";
        return new TemporaryCredentialsException(
            $"No temporary credentials by {action}: {what}{request}. {whatToDo}", code is null ? error : null, byProof && IsOfProof(code));
    }

    // A denial too: the role's trust policy does not take what the proof says.
    private static bool IsOfProof(string? code) =>
        code is "ExpiredTokenException" or "ExpiredToken" or "InvalidIdentityToken" or "InvalidIdentityTokenException"
            or "IDPRejectedClaim" or "IDPRejectedClaimException" or "AccessDenied" or "AccessDeniedException";
}
