using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Documents;

/// <summary>Checks that the documents use short sentences and plain technical English.</summary>
public sealed class DocumentStyleTests
{
    private const int LongSentence = 25;

    private const int MaxPageLines = 200;

    private const int MaxReadmeLines = 150;

    [Fact]
    public void Sentences_AverageAtMost16WordsAndFewAreLong()
    {
        var sentences = Pages().SelectMany(page => Prose.Sentences(File.ReadAllText(page))).ToList();
        var longOnes = sentences.Where(sentence => Prose.Words(sentence) > LongSentence).ToList();
        var share = (double)longOnes.Count / sentences.Count;
        var average = sentences.Average(Prose.Words);
        TestContext.Current.TestOutputHelper!.WriteLine(
            FormattableString.Invariant($"{sentences.Count} sentences, {average:0.0} words on average, {share:0.0%} over {LongSentence}"));

        average.Should().BeLessThanOrEqualTo(16);
        share.Should().BeLessThanOrEqualTo(0.05, "these sentences are long: {0}", string.Join('\n', longOnes));
    }

    [Fact]
    public void Documents_ContainNoBannedPhrase()
    {
        var found =
            from page in Repository.Documents()
            from phrase in BannedPhrases.In(Prose.WithoutCode(File.ReadAllText(page)))
            select $"{Path.GetRelativePath(Repository.Root, page)}: {phrase}";

        found.ToList().Should().BeEmpty();
    }

    [Fact]
    public void Pages_AreShort()
    {
        Pages().Where(page => File.ReadLines(page).Count() > MaxPageLines).Should().BeEmpty();
        File.ReadLines(Repository.PathOf("README.md")).Count().Should().BeLessThanOrEqualTo(MaxReadmeLines);
    }

    [Fact]
    public void Pages_AreListedInTheIndex()
    {
        var index = File.ReadAllText(Repository.PathOf("docs/index.md"));
        var pages = Repository.FilesUnder("docs", "*.md")
            .Select(page => Path.GetRelativePath(Repository.PathOf("docs"), page).Replace('\\', '/'))
            .Where(page => page != "index.md");

        pages.Should().OnlyContain(page => index.Contains($"({page})"));
    }

    private static IEnumerable<string> Pages() => [Repository.PathOf("README.md"), .. Repository.FilesUnder("docs", "*.md")];
}
