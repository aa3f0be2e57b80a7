using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Documents;

/// <summary>XML comments, messages and comments use everyday technical English.</summary>
public sealed class SourceStyleTests
{
    private const int LongSentence = 25;

    [Fact]
    public void XmlComments_SentencesAverageAtMost16Words_AndOneInTwentyIsLong()
    {
        var sentences = Sources("*.cs", "src").SelectMany(file => SourceTexts.XmlComments(file.Text)).SelectMany(Prose.Sentences).ToList();
        var longOnes = sentences.Where(sentence => Prose.Words(sentence) > LongSentence).ToList();
        var share = (double)longOnes.Count / sentences.Count;
        var average = sentences.Average(Prose.Words);
        TestContext.Current.TestOutputHelper!.WriteLine(
            FormattableString.Invariant($"{sentences.Count} sentences, {average:0.0} words on average, {share:0.0%} over {LongSentence}"));

        average.Should().BeLessThanOrEqualTo(16);
        share.Should().BeLessThanOrEqualTo(0.05, "these are long: {0}", string.Join('\n', longOnes));
    }

    [Fact]
    public void XmlComments_HaveNoBannedPhrase() => Found(SourceTexts.XmlComments, "src", "samples").Should().BeEmpty();

    [Fact]
    public void Messages_HaveNoBannedPhrase() => Found(SourceTexts.Messages, "src", "samples").Should().BeEmpty();

    [Fact]
    public void Comments_HaveNoBannedPhrase() => Found(SourceTexts.Comments, "src", "samples").Should().BeEmpty();

    [Fact]
    public void PagesScriptsAndTemplates_HaveNoBannedPhrase()
    {
        string[] patterns = ["*.js", "*.html", "*.sh", "*.yaml", "*.service", "Dockerfile"];
        var found =
            from pattern in patterns
            from file in Sources(pattern, "src", "samples")
            from phrase in BannedPhrases.In(file.Text)
            select $"{file.Path}: {phrase}";

        found.ToList().Should().BeEmpty();
    }

    [Fact]
    public void Texts_OfEachKind_AreFound()
    {
        const string Source = """
            /// <summary>Waits. Then <see cref="Poller"/> looks again.</summary>
            class Poller
            {
                // It gives up.
                string Text(int n) => $"Poll {n} was tried, "
                    + "and it is asked again.";
            }
            """;

        SourceTexts.XmlComments(Source).Should().Equal("Waits. Then Code looks again.");
        SourceTexts.Comments(Source).Should().Equal("// It gives up.");
        SourceTexts.Messages(Source).Should().Equal("Poll … was tried, and it is asked again.");
        Prose.Sentences(SourceTexts.XmlComments(Source).Single()).Should().Equal("Then Code looks again.");
        SourceTexts.Messages(Source).SelectMany(BannedPhrases.In).Should().ContainSingle();
    }

    private static List<string> Found(Func<string, IEnumerable<string>> texts, params string[] folders)
    {
        var found =
            from file in Sources("*.cs", folders)
            from text in texts(file.Text)
            from phrase in BannedPhrases.In(text)
            select $"{file.Path}: {phrase}";
        return [.. found];
    }

    private static IEnumerable<(string Path, string Text)> Sources(string pattern, params string[] folders) =>
        from folder in folders
        from path in Repository.FilesUnder(folder, pattern)
        select (Path.GetRelativePath(Repository.Root, path), File.ReadAllText(path));
}
