using Amazon.S3;

namespace OffloadedPolling.Provisioning;

/// <summary>One run through the parts: looks at them, applies what is missing, and takes back what broke writing or reading.</summary>
/// <remarks>
/// Several parts lie in one document. Each is therefore looked at again when its turn comes, and taken back in the opposite order, so that
/// the document is then what it was before that part.
/// </remarks>
internal sealed class BucketApplication(IReadOnlyList<BucketPart> parts, BucketDocuments documents, BucketProbe probe)
{
    private readonly Dictionary<BucketPart, StatusBucketPart> _told = [];

    private readonly Stack<(BucketPart Part, Finding Finding)> _applied = [];

    private ProbeResult? _last;

    private readonly List<string> _leftovers = [];

    private bool _judgePresigned = true;

    /// <summary>How the parts stand.</summary>
    public IReadOnlyList<StatusBucketPart> Told => [.. parts.Where(_told.ContainsKey).Select(part => _told[part])];

    /// <summary>Whether writing and reading worked at last; <see langword="null"/> if that was not tried.</summary>
    public bool? ProbePassed => _last is null ? null : _last.Failure(_judgePresigned) is null;

    /// <summary>What is to be said of objects of the probe's that could not be deleted.</summary>
    public IReadOnlyList<string> Leftovers => _leftovers;

    public string? Probe
    {
        get => field is null ? null : string.Join(' ', _leftovers.Prepend(field));
        private set;
    }

    public async Task CheckAsync(CancellationToken cancel)
    {
        foreach (var part in parts)
        {
            Tell(part, await InspectAsync(part, cancel).ConfigureAwait(false));
        }
    }

    public async Task ApplyAsync(CancellationToken cancel)
    {
        await CheckAsync(cancel).ConfigureAwait(false);

        // A denial of others' addresses that is in force already also holds for this machine, which may be one of those.
        _last = await probe.RunAsync(_leftovers, cancel).ConfigureAwait(false);
        _judgePresigned = !(_last.Presigned is not null && IsExcludedAlready());
        if (_last.Failure(_judgePresigned) is not null && !await DoesLiftingHelpAsync(cancel).ConfigureAwait(false))
        {
            Probe = $"{_last.Describe(_judgePresigned)} That was before anything was applied, so nothing was.";
            return;
        }

        try
        {
            if (!await ApplyAsync(parts.Where(part => !MayExclude(part)), cancel).ConfigureAwait(false))
            {
                return;
            }

            var excluding = parts.Where(part => MayExclude(part) && Stands(part)).ToList();
            _judgePresigned = excluding.Count == 0 && (_judgePresigned || !IsExcludedAlready());
            await ApplyAsync(excluding, cancel).ConfigureAwait(false);
        }
        catch
        {
            // Whatever ended this, a bucket that nobody has tried is not left behind.
            await UndoAllAsync("The set-up was broken off before it could be tried.").ConfigureAwait(false);
            throw;
        }

        Probe ??= _last.Describe(_judgePresigned);
    }

    private static bool MayExclude(BucketPart part) => part is { MayExcludeThisMachine: true, WhyNot: null };

    /// <summary>Whether what fails works without the denials of ours that are switched off and still in force. Otherwise they are put back.</summary>
    private async Task<bool> DoesLiftingHelpAsync(CancellationToken cancel)
    {
        var failed = _last!;
        try
        {
            foreach (var part in parts.OfType<PolicyPart>().Where(part => part.WhyNot is not null && Stands(part)))
            {
                await ApplyAsync(part, cancel).ConfigureAwait(false);
            }

            if (_applied.Count > 0 && await ProbeAsync(cancel).ConfigureAwait(false) is null)
            {
                _applied.Clear();
                return true;
            }
        }
        catch
        {
            await UndoAllAsync("The set-up was broken off before it could be tried.").ConfigureAwait(false);
            throw;
        }

        var lifted = _applied.ToList();
        await UndoAllAsync($"Without it just the same: {failed.Failure(_judgePresigned)}").ConfigureAwait(false);
        foreach (var (part, finding) in lifted.Where(each => _told[each.Part].State == StatusBucketPartState.Undone))
        {
            Tell(part, finding);
        }

        _last = failed;
        return false;
    }

    private async Task UndoAllAsync(string why)
    {
        while (_applied.Count > 0)
        {
            await UndoLastAsync(why).ConfigureAwait(false);
        }
    }

    private bool IsExcludedAlready() => parts.Any(part => part.MayExcludeThisMachine && _told[part].State is StatusBucketPartState.AsItShouldBe or StatusBucketPartState.Different);

    private bool Stands(BucketPart part) => _told[part].State is StatusBucketPartState.Missing or StatusBucketPartState.Different;

    /// <returns>Whether writing and reading work afterwards.</returns>
    private async Task<bool> ApplyAsync(IEnumerable<BucketPart> some, CancellationToken cancel)
    {
        foreach (var part in some.Where(Stands).ToList())
        {
            await ApplyAsync(part, cancel).ConfigureAwait(false);
        }

        if (_applied.Count > 0 && await ProbeAsync(cancel).ConfigureAwait(false) is not null)
        {
            await FindTheBreakerAsync(cancel).ConfigureAwait(false);
        }

        _applied.Clear();
        return _last!.Failure(_judgePresigned) is null;
    }

    /// <summary>Takes back part after part until writing and reading work, and applies again those that were innocent, one at a time.</summary>
    private async Task FindTheBreakerAsync(CancellationToken cancel)
    {
        var undone = new Stack<BucketPart>();
        var failure = _last!.Failure(_judgePresigned);
        for (var broken = failure; broken is not null && _applied.Count > 0; broken = await ProbeAsync(cancel).ConfigureAwait(false))
        {
            failure = broken;
            undone.Push(_applied.Peek().Part);
            await UndoLastAsync($"With it: {failure}").ConfigureAwait(false);
        }

        if (_last.Failure(_judgePresigned) is not null)
        {
            TellThatNoneWasIt(undone);
            return;
        }

        // The one taken back last was it.
        undone.Pop();
        foreach (var part in undone.Where(part => _told[part].State == StatusBucketPartState.Undone))
        {
            await ApplyAsync(part, cancel).ConfigureAwait(false);
            if (_told[part].State == StatusBucketPartState.Applied && await ProbeAsync(cancel).ConfigureAwait(false) is { } again)
            {
                await UndoLastAsync($"With it: {again}").ConfigureAwait(false);
                await ProbeAsync(cancel).ConfigureAwait(false);
            }
        }
    }

    private void TellThatNoneWasIt(IEnumerable<BucketPart> undone)
    {
        var probe = _last!.Describe(_judgePresigned);
        foreach (var part in undone.Where(part => _told[part].State == StatusBucketPartState.Undone))
        {
            _told[part] = _told[part].With(StatusBucketPartState.Undone, $"It was taken back, though that did not help. {probe}");
        }

        var most = _told.Values.Any(part => part.State == StatusBucketPartState.NotUndone) ? " that could be" : "";
        Probe = $"{probe} It does so with everything taken back{most}. Nothing more was applied.";
    }

    private async Task<string?> ProbeAsync(CancellationToken cancel)
    {
        _last = await probe.RunAsync(_leftovers, cancel).ConfigureAwait(false);
        return _last.Failure(_judgePresigned);
    }

    private async Task ApplyAsync(BucketPart part, CancellationToken cancel)
    {
        var finding = await InspectAsync(part, cancel).ConfigureAwait(false);
        Tell(part, finding);
        if (!finding.IsToBeApplied)
        {
            return;
        }

        // Beforehand: a write whose answer is lost may have succeeded.
        _applied.Push((part, finding));
        try
        {
            await documents.WriteAsync(part.Resource, finding.After, cancel).ConfigureAwait(false);
            Tell(part, finding with
            {
                State = StatusBucketPartState.Applied,
                Reason = part.WhyNot is { } whyNot ? $"{whyNot.Reason} What an earlier set-up had put there was removed." : finding.Reason,
            });
        }
        catch (AmazonS3Exception refused)
        {
            var told = finding with { State = StatusBucketPartState.Refused, Reason = Refusal.ToWrite(part.Resource, refused) };
            if (Refusal.LeavesOpen(refused))
            {
                await UndoLastAsync(told.Reason).ConfigureAwait(false);
                if (_told[part].State == StatusBucketPartState.NotUndone)
                {
                    return;
                }
            }
            else
            {
                _applied.Pop();
            }

            Tell(part, told);
        }
    }

    private async Task UndoLastAsync(string why)
    {
        var (part, finding) = _applied.Pop();
        try
        {
            var now = await documents.ReadAsync(part.Resource, CancellationToken.None).ConfigureAwait(false);
            var back = part.TakeBack(now, finding);
            if (back != now)
            {
                await documents.WriteAsync(part.Resource, back, CancellationToken.None).ConfigureAwait(false);
            }

            _told[part] = _told[part].With(StatusBucketPartState.Undone, $"It was taken back. {why}");
        }
        catch (Exception failed) when (AwsFailure.Is(failed, CancellationToken.None) || failed is OffloadedPollingException or UnexpectedDocumentException)
        {
            _told[part] = _told[part].With(
                StatusBucketPartState.NotUndone, $"It could not be taken back: {Refusal.Words(failed)} Take it away by hand. {why}");
        }
    }

    private async Task<Finding> InspectAsync(BucketPart part, CancellationToken cancel)
    {
        if (part.WhyNot is { } whyNot)
        {
            return await InspectRemainsAsync(part, whyNot.State, whyNot.Reason, cancel).ConfigureAwait(false);
        }

        try
        {
            return await part.InspectAsync(documents, cancel).ConfigureAwait(false);
        }
        catch (UnexpectedDocumentException unexpected)
        {
            return Finding.Refused("something unexpected", unexpected.Message);
        }
        catch (Exception refused) when (AwsFailure.Is(refused, cancel) && !Refusal.IsOfTheWholeBucket(refused))
        {
            return Finding.Refused("unknown", Refusal.ToRead(part.Resource, refused));
        }
    }

    // Whoever switches a part off need not have the right to look at it, nor hear of it at every start.
    private async Task<Finding> InspectRemainsAsync(BucketPart part, StatusBucketPartState state, string reason, CancellationToken cancel)
    {
        try
        {
            return await part.InspectRemainsAsync(documents, cancel).ConfigureAwait(false) is { } remains
                ? remains with { Reason = $"{reason} What an earlier set-up put there is in force until ApplyAsync removes it." }
                : new Finding(state, part.IsKnownByName ? "nothing of this library's" : "not looked at", reason);
        }
        catch (UnexpectedDocumentException unexpected)
        {
            return new Finding(state, "something unexpected", $"{reason} Whether an earlier set-up left something cannot be told: {unexpected.Message}");
        }
        catch (Exception refused) when (AwsFailure.Is(refused, cancel) && !Refusal.IsOfTheWholeBucket(refused))
        {
            return new Finding(state, "unknown", $"{reason} Whether an earlier set-up left something cannot be told: {Refusal.Words(refused)}");
        }
    }

    private void Tell(BucketPart part, Finding finding) => _told[part] = new StatusBucketPart(
        part.Name, finding.State, finding.Is, part.WhyNot is null ? part.ShouldBe : "nothing of this library's, since the part is not on", string.Join(' ', new[] { finding.Reason, part.WhyNot is null ? part.Warning : null }.OfType<string>()) is { Length: > 0 } reason ? reason : null)
    {
        IsOn = part.WhyNot is null,
    };
}
