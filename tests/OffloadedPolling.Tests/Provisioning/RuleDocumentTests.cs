using OffloadedPolling.Provisioning;

namespace OffloadedPolling.Tests.Provisioning;

/// <summary>Tests changes to rules that contain third-party rules.</summary>
public sealed class RuleDocumentTests
{
    private const string Id = "offloaded-polling-expiry operations/";

    private const string Ours =
        $"<Rule><ID>{Id}</ID><Filter><Prefix>operations/</Prefix></Filter><Status>Enabled</Status><Expiration>"
        + $"<Days>1</Days></Expiration></Rule>";

    private const string Theirs =
        "<Rule><ID>theirs</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status>"
        + "<Expiration><Days>9</Days></Expiration><Novelty a=\"1\">x</Novelty></Rule>";

    private const string TheirsInOldForm =
        "<Rule><ID>theirs</ID><Prefix>logs/</Prefix><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule>";

    [Fact]
    public void With_UnknownElements_KeepsThemUnchanged()
    {
        var after = With(Lifecycle(Theirs), Ours);

        after.Should().Contain(Theirs).And.NotContain("xmlns=\"\"");
        Value(after).Should().Be(Ours.Replace("<Rule>", "<Rule xmlns=\"urn:s3\">", StringComparison.Ordinal));
    }

    [Fact]
    public void With_NoDocument_CreatesOne() => With(null, Ours).Should().Be(
        $"<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{Ours}</LifecycleConfiguration>");

    [Theory]
    [InlineData("<Status>Enabled", "<Status>Disabled")]
    [InlineData("<Prefix>operations/", "<Prefix>")]
    [InlineData("</Status>", "</Status><Novelty/>")]
    public void With_OwnRuleDiffers_ReplacesIt(string from, string to)
    {
        var changed = Ours.Replace(from, to, StringComparison.Ordinal);

        SharedDocument.Lifecycle.MeaningOf(changed).Should().NotBe(SharedDocument.Lifecycle.MeaningOf(Ours));
        With(Lifecycle(changed + Theirs), Ours).Should().NotContain(changed).And.Contain(Ours).And.Contain(Theirs);
    }

    [Fact]
    public void MeaningOf_EquivalentRules_IsEqual() =>
        SharedDocument.Lifecycle.MeaningOf(
            "<Rule xmlns=\"urn:s3\"><Expiration><Days> 1 </Days></Expiration><Status>Enabled</Status>"
            + $"<Filter><Prefix>operations/</Prefix></Filter><ID>{Id}</ID></Rule>").Should().Be(SharedDocument.Lifecycle.MeaningOf(Ours));

    [Fact]
    public void MeaningOf_HeadersInAnotherCase_IsEqual() =>
        SharedDocument.Cors.MeaningOf("<CORSRule><ExposeHeader>etag</ExposeHeader></CORSRule>")
            .Should().Be(SharedDocument.Cors.MeaningOf("<CORSRule><ExposeHeader>ETag</ExposeHeader></CORSRule>"));

    [Fact]
    public void With_ThirdPartyRulesInOldForm_KeepsThemUnchanged() =>
        With(Lifecycle(TheirsInOldForm), Ours).Should().Contain(TheirsInOldForm);

    [Fact]
    public void With_NoRule_RemovesOnlyOwnRule()
    {
        With(Lifecycle(Ours + Theirs), null).Should().Be($"<LifecycleConfiguration xmlns=\"urn:s3\">{Theirs}</LifecycleConfiguration>");
        With(Lifecycle(Ours), null).Should().BeNull();
        With(null, null).Should().BeNull();
    }

    [Theory]
    [InlineData("<Other/>", "*contains the unknown element 'Other'*")]
    [InlineData("<LifecycleConfiguration><Novelty/></LifecycleConfiguration>", "*contains the unknown element 'Novelty'*")]
    [InlineData("no XML", "*is not XML*")]
    [InlineData(
        $"<LifecycleConfiguration><Rule><ID>{Id}</ID></Rule><Rule><ID>{Id}</ID></Rule></LifecycleConfiguration>",
        $"*has 2 rules with the ID '{Id}'*")]
    public void Find_UnexpectedContent_Throws(string lifecycle, string why) =>
        FluentActions.Invoking(() => SharedDocument.Lifecycle.Find(lifecycle, Id)).Should().Throw<PartException>().WithMessage(why);

    private static string Lifecycle(string rules) => $"<LifecycleConfiguration xmlns=\"urn:s3\">{rules}</LifecycleConfiguration>";

    private static string? With(string? document, string? rule) => SharedDocument.Lifecycle.With(document, Id, rule);

    private static string? Value(string? document) => SharedDocument.Lifecycle.Find(document, Id);
}
