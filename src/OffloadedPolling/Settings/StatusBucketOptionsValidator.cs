using Microsoft.Extensions.Options;
using OffloadedPolling.Bucket;

namespace OffloadedPolling.Settings;

internal sealed class StatusBucketOptionsValidator(SettingsSection settings, IOptions<OffloadedPollingOptions> polling) : IValidateOptions<StatusBucketOptions>
{
    public ValidateOptionsResult Validate(string? name, StatusBucketOptions options)
    {
        var errors = new List<string>();
        if (options.TransitionsAboveBytes is < 0 or > StatusDocument.MaxBytes)
        {
            errors.Add($"{nameof(options.TransitionsAboveBytes)} is {options.TransitionsAboveBytes}. Set it to between 0 and {StatusDocument.MaxBytes}.");
        }

        if (options.Transitions.Count > 0 && Polling() is { } limits)
        {
            CheckTransitions(errors, options, limits);
        }

        return errors.ToResult();
    }

    // What is wrong with those is told by their own validator.
    private OffloadedPollingOptions? Polling()
    {
        try
        {
            return polling.Value;
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }

    private void CheckTransitions(List<string> errors, StatusBucketOptions options, OffloadedPollingOptions limits)
    {
        var classes = StorageClass.Cooler.Select(each => each.Name).ToList();
        for (var at = 0; at < options.Transitions.Count; at++)
        {
            if (!classes.Contains(options.Transitions[at].StorageClass))
            {
                errors.Add(
                    $"Transitions:{at}:StorageClass is '{options.Transitions[at].StorageClass}', which is no class that documents can move to. Set it to one of {string.Join(", ", classes)}.");
                return;
            }
        }

        var steps = TransitionStep.Of(options.Transitions, BucketPlan.EndDayOf(options, limits));
        for (var at = 0; at < steps.Count; at++)
        {
            if (WrongWith(steps[at], at == 0 ? null : steps[at - 1], isLast: at == steps.Count - 1, limits.MaxUrlLifetime) is { } wrong)
            {
                errors.Add($"Transitions:{at}:AfterDays {wrong}");
            }
            else if (!steps[at].Saves(limits.MaxDocumentBytes))
            {
                errors.Add(
                    $"Transitions:{at}:StorageClass is {steps[at].To.Name}, which costs more than it saves for every document: {steps[at].CostInWords(limits.MaxDocumentBytes)}, and none is larger ({settings.NameOf(nameof(limits.MaxDocumentBytes))}). Remove the transition.");
            }
        }

        if (options.TransitionsAboveBytes >= limits.MaxDocumentBytes)
        {
            errors.Add(
                $"{nameof(options.TransitionsAboveBytes)} is {options.TransitionsAboveBytes}, and no document is larger than {settings.NameOf(nameof(limits.MaxDocumentBytes))} ({limits.MaxDocumentBytes}): none would move. Remove the transitions, or correct one of the two.");
        }
    }

    private string? WrongWith(TransitionStep step, TransitionStep? before, bool isLast, TimeSpan longestUrl)
    {
        var classes = StorageClass.Cooler.ToList();
        if (step.Day < step.To.FirstDay)
        {
            return $"is {step.Day}, and S3 takes no move to {step.To.Name} before day {step.To.FirstDay}. Set it to {step.To.FirstDay} at least.";
        }

        // The last URL may have been issued just before the last change, and in an archive it answers 403.
        if (!step.To.IsReadable && (step.Day < 1 || TimeSpan.FromDays(step.Day) < longestUrl))
        {
            return $"is {step.Day}, and in {step.To.Name} status URLs answer 403, which callers may poll for {longestUrl} after the last change ({settings.NameOf(nameof(OffloadedPollingOptions.MaxUrlLifetime))}). "
                + $"Set it to {Math.Max(1, BucketPlan.DaysOf(longestUrl))} at least.";
        }

        if (before is not null && (classes.IndexOf(step.To) <= classes.IndexOf(before.To) || step.Day <= before.Day))
        {
            return $"is {step.Day} for {step.To.Name}, behind {before.To.Name} after {before.Day}. Set transitions in ascending order of days and of class: {string.Join(", ", classes.Select(each => each.Name))}.";
        }

        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
        if (before is { To.Name: "ONEZONE_IA" } && step.To.Name == "GLACIER_IR")
        {
            return $"is {step.Day} for {step.To.Name}, and S3 moves nothing there from {before.To.Name}. Leave one of the two out.";
        }

        return step.Days >= step.To.LeastDays
            ? null
            : $"is {step.Day}, and {(isLast ? $"documents are deleted on day {step.EndDay} ({settings.NameOf(nameof(OffloadedPollingOptions.Retention))})" : $"they move on on day {step.EndDay}")}: "
                + $"{step.To.Name} bills {step.To.LeastDays} days of each document, and it would lie there for {step.Days}. Lengthen the stay, or remove the transition.";
    }
}
