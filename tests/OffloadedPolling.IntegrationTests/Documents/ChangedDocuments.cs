namespace OffloadedPolling.IntegrationTests.Documents;

/// <summary>A copy of the repository's documents, to be changed.</summary>
internal sealed class ChangedDocuments(string root, string configuration)
{
    public void Append(string file, string text) => File.AppendAllText(Path.Combine(root, file), text);

    /// <summary>Changes the first occurrence of a text in the XML comments of a package.</summary>
    public void ReplaceInComments(string package, string text, string replacement)
    {
        var file = Path.Combine(root, "artifacts", "bin", package, configuration, $"{package}.xml");
        var comments = File.ReadAllText(file);
        var at = comments.IndexOf(text, StringComparison.Ordinal);
        File.WriteAllText(file, $"{comments[..at]}{replacement}{comments[(at + text.Length)..]}");
    }
}
