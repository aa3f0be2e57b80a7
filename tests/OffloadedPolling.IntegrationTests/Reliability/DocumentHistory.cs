namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>
/// All versions of one status document. The <c>If-Match</c> of each write names the version that it replaced, from the newest version in S3
/// back to the first. So the order does not depend on clocks.
/// </summary>
internal sealed class DocumentHistory
{
    private readonly List<string> _flaws = [];

    public DocumentHistory(string key, string newest, IEnumerable<DocumentWrite> writes)
    {
        var known = writes.GroupBy(write => write.Version)
            .ToDictionary(same => same.Key, same => same.OrderByDescending(write => write.IsConfirmed).First());
        var seen = new HashSet<string>();
        for (var version = newest; version is not null && seen.Add(version); version = known[version].Parent)
        {
            if (!known.ContainsKey(version))
            {
                _flaws.Add($"{key}: version {version} was not written through the witness");
                break;
            }

            Versions.Insert(0, known[version].Document);
        }

        _flaws.AddRange(known.Values.Where(write => write.IsConfirmed
            && !seen.Contains(write.Version)).Select(lost => $"{key}: {lost.Document.State} was overwritten without a check"));
        var ends = Versions.Count(version => version.State.IsTerminal());
        if (ends != 1 || !Newest!.State.IsTerminal())
        {
            _flaws.Add($"{key}: {ends} ends in {string.Join(", ", Versions.Select(version => $"{version.State} {version.Attempt}"))}");
        }
    }

    /// <summary>Gets the versions, oldest first.</summary>
    public List<OperationStatus> Versions { get; } = [];

    public OperationStatus? Newest => Versions.LastOrDefault();

    /// <summary>
    /// Gets the violations of the guarantee: exactly one version is an end, it is the newest, and no write that S3 confirmed was lost.
    /// </summary>
    public IReadOnlyList<string> Flaws => _flaws;
}
