using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OffloadedPolling.Diagnostics;

namespace OffloadedPolling.Status;

/// <summary>Applies the host's policies in order, and decides what is written if they refuse a document.</summary>
internal sealed class StatusPolicies(
    IEnumerable<IStatusDocumentPolicy> policies, IOptions<OffloadedPollingOptions> options, ILogger<StatusPolicies> logger)
{
    private readonly IStatusDocumentPolicy[] _policies = [.. policies];

    /// <exception cref="StatusDocumentRefusedException">A policy refused the document, failed, or made it unwritable.</exception>
    public OperationStatus Apply(OperationStatus document) => _policies.Aggregate(document, Apply);

    /// <summary>Applies the policies. If they refuse the document, returns it, unchecked, without the host's values.</summary>
    public OperationStatus ApplyOrRedact(OperationStatus document)
    {
        try
        {
            return Apply(document);
        }
        catch (StatusDocumentRefusedException refused)
        {
            var redacted = Redacted(document);
            Log.StatusRedacted(logger, document.Id, document.State, redacted.State, refused);
            return redacted;
        }
    }

    /// <summary>
    /// Returns a document that could not be written without its optional members; <see langword="null"/> if it has none, or contains a
    /// handler's outcome.
    /// </summary>
    public OperationStatus? Reduced(OperationStatus document, OffloadedPollingException cause)
    {
        var isHandlersProblem = document.Error is { } error && !Problems.IsOwn(error);
        var isHandlersOutcome = isHandlersProblem || document is { State: OperationState.Succeeded } or { Result: not null };
        var reduced = document with { PercentComplete = null, Message = null, Estimate = null, ResourceLocation = null };
        if (isHandlersOutcome || reduced == document)
        {
            return null;
        }

        Log.WrittenReduced(logger, document.Id, document.State, cause);
        return reduced;
    }

    private OperationStatus Apply(OperationStatus document, IStatusDocumentPolicy policy)
    {
        try
        {
            var applied = policy.Apply(document);
            return ReferenceEquals(applied, document) ? document : Checked(document, applied);
        }
        catch (Exception failed) when (failed is not StatusDocumentRefusedException)
        {
            // Any exception type: a document that a policy did not check must not be written.
            Log.PolicyFailed(logger, policy.GetType().ToString(), document.Id, failed);
            throw new StatusDocumentRefusedException($"'{policy.GetType()}' failed.", failed);
        }
    }

    private OperationStatus Checked(OperationStatus document, OperationStatus? applied)
    {
        if (applied is null)
        {
            throw new InvalidOperationException("The policy returned no document. Return the one that it was given, or a copy.");
        }

        var own = applied with
        {
            PercentComplete = document.PercentComplete,
            Message = document.Message,
            Estimate = document.Estimate,
            ResourceLocation = document.ResourceLocation,
            Result = document.Result,
            Error = document.Error,
        };
        if (own != document)
        {
            throw new InvalidOperationException(
                "The policy changed the ID, kind, status, attempt or a time of the document. Change only Message, Result, Error, "
                + "ResourceLocation, PercentComplete or Estimate.");
        }

        try
        {
            DocumentRoom.ThrowIfUnfit(applied, options.Value.MaxDocumentBytes);
        }
        catch (OffloadedPollingException) when (IsUnfit(document))
        {
            // Only a mistake of the policy counts here. The store refuses what the host or the handler made too large.
        }

        return applied;
    }

    private bool IsUnfit(OperationStatus document)
    {
        try
        {
            DocumentRoom.ThrowIfUnfit(document, options.Value.MaxDocumentBytes);
            return false;
        }
        catch (OffloadedPollingException)
        {
            return true;
        }
    }

    private static OperationStatus Redacted(OperationStatus document) => new()
    {
        Id = document.Id,
        Kind = document.Kind,
        State = document.State == OperationState.Succeeded ? OperationState.Failed : document.State,
        CreatedAt = document.CreatedAt,
        LastUpdatedAt = document.LastUpdatedAt,
        ExpiresAt = document.ExpiresAt,
        Attempt = document.Attempt,
        Error = document.State is OperationState.Succeeded or OperationState.Failed ? Problems.StatusRefused : null,
    };
}
