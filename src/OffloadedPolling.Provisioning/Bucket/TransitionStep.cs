using System.Globalization;

namespace OffloadedPolling.Provisioning;

/// <summary>A document's stay in one storage class, and what it costs beside a stay in the class before.</summary>
internal sealed record TransitionStep(StorageClass From, StorageClass To, int Day, int EndDay)
{
    // What the article's documents have.
    private const int UsualBytes = 10 * 1024;

    public int Days => EndDay - Day;

    /// <summary>How many times as much a document costs as if it stayed where it was.</summary>
    public double TimesAsMuch(long bytes) => To.CostToMove(bytes, Days) / From.CostOf(bytes, Days);

    public bool Saves(long bytes) => TimesAsMuch(bytes) < 1;

    /// <summary>The smallest document that the move saves something on; <see langword="null"/> if none of up to <paramref name="most"/> bytes.</summary>
    public long? LeastBytesToSave(long most)
    {
        if (!Saves(most))
        {
            return null;
        }

        var (costsMore, saves) = (0L, most);
        while (saves - costsMore > 1)
        {
            var middle = (costsMore + saves) / 2;
            (costsMore, saves) = Saves(middle) ? (costsMore, middle) : (middle, saves);
        }

        return saves;
    }

    /// <summary>In words, what a document costs there.</summary>
    public string CostInWords(long bytes) => string.Create(CultureInfo.InvariantCulture,
        $"a document of {bytes:N0} bytes costs {To.CostOf(bytes, Days) / From.CostOf(bytes, Days):0.##} times as much to keep in {To.Name} as in {From.Name}, and {TimesAsMuch(bytes):0.##} times with the move itself ({Days} days)");

    /// <summary>What to say of a move that is allowed; <see langword="null"/> if nothing.</summary>
    public string? Warning(int aboveBytes, int maxBytes)
    {
        var words = new List<string>();
        if (!Saves(aboveBytes + 1L) && LeastBytesToSave(maxBytes) is { } least)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture,
                $"The move to {To.Name} costs more than it saves for documents under {least:N0} bytes: {CostInWords(Math.Max(aboveBytes + 1, Math.Min(UsualBytes, maxBytes)))}. Set TransitionsAboveBytes to {least} at least."));
        }

        if (!To.IsReadable)
        {
            words.Add($"A document in {To.Name} cannot be read by its status URL any more, nor by the host: from day {Day} after its last change callers get 403.");
        }

        return words.Count == 0 ? null : string.Join(' ', words);
    }

    /// <summary>The stays that transitions come to, in the order in which they stand; unknown classes are left out.</summary>
    public static IReadOnlyList<TransitionStep> Of(IEnumerable<StatusBucketTransition> transitions, int expiryDays)
    {
        var known = transitions.Select(each => (Class: StorageClass.Find(each.StorageClass)!, each.AfterDays)).Where(each => each.Class is not null).ToList();
        return [.. known.Select((each, at) => new TransitionStep(
            at == 0 ? StorageClass.Standard : known[at - 1].Class,
            each.Class,
            each.AfterDays,
            at + 1 < known.Count ? known[at + 1].AfterDays : expiryDays))];
    }
}
