using OffloadedPolling.Provisioning;

namespace OffloadedPolling.Tests.Provisioning;

/// <summary>This library's rules next to those of third parties.</summary>
public sealed class RuleDocumentTests
{
    private const string Id = "offloaded-polling-expiry operations/";

    private const string Ours =
        $"<Rule><ID>{Id}</ID><Filter><Prefix>operations/</Prefix></Filter><Status>Enabled</Status><Expiration>"
        + $"<Days>1</Days></Expiration></Rule>";

    private const string OursInOldForm =
        $"<Rule><ID>{Id}</ID><Prefix>operations/</Prefix><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>";

    private const string OursWithSize =
        $"<Rule><ID>{Id}</ID><Filter><And><Prefix>operations/</Prefix><ObjectSizeGreaterThan>9</ObjectSizeGreaterThan></And></Filter>"
        + "<Status>Enabled</Status></Rule>";

    private const string Theirs =
        "<Rule><ID>theirs</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status>"
        + "<Expiration><Days>9</Days></Expiration><Novelty a=\"1\">x</Novelty></Rule>";

    private const string TheirsInOldForm =
        "<Rule><ID>theirs</ID><Prefix>logs/</Prefix><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule>";

    [Fact]
    public void With_ElementsThatNobodyHereKnows_KeepsThemByteForByte()
    {
        var after = Lifecycle(Theirs).With(Id, Ours);

        after.Should().Contain(Theirs).And.NotContain("xmlns=\"\"");
        Value(after).Should().Be(Ours.Replace("<Rule>", "<Rule xmlns=\"urn:s3\">", StringComparison.Ordinal));
    }

    [Fact]
    public void With_NoDocument_MakesOne() => Parse(null).With(Id, Ours).Should().Be(
        $"<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{Ours}</LifecycleConfiguration>");

    [Theory]
    [InlineData("<Status>Enabled", "<Status>Disabled")]
    [InlineData("<Prefix>operations/", "<Prefix>")]
    [InlineData("</Status>", "</Status><Novelty/>")]
    public void With_ARuleOfOursThatDiffers_ReplacesIt(string from, string to)
    {
        var changed = Ours.Replace(from, to, StringComparison.Ordinal);

        RuleDocument.MeaningOf(changed).Should().NotBe(RuleDocument.MeaningOf(Ours));
        Lifecycle(changed + Theirs).With(Id, Ours).Should().NotContain(changed).And.Contain(Ours).And.Contain(Theirs);
    }

    [Theory]
    [InlineData(OursInOldForm)]
    [InlineData($"<Rule xmlns=\"urn:s3\"><Expiration><Days> 1 "
        + $"</Days></Expiration><Status>Enabled</Status><Filter><Prefix>operations/</Prefix></Filter><ID>{Id}</ID></Rule>")]
    public void MeaningOf_AnotherWayToWriteTheSame_IsTheSame(string rule) =>
        RuleDocument.MeaningOf(rule).Should().Be(RuleDocument.MeaningOf(Ours));

    [Fact]
    public void MeaningOf_HeadersInAnotherCase_IsTheSame() =>
        RuleDocument.MeaningOf("<CORSRule><ExposeHeader>etag</ExposeHeader></CORSRule>")
            .Should().Be(RuleDocument.MeaningOf("<CORSRule><ExposeHeader>ETag</ExposeHeader></CORSRule>"));

    [Fact]
    public void With_RulesOfThirdPartiesInTheOldForm_WritesOursInTheOldFormToo()
    {
        var document = Lifecycle(TheirsInOldForm);

        document.With(Id, Ours).Should().Contain(OursInOldForm).And.Contain(TheirsInOldForm);
        FluentActions.Invoking(() => document.With(Id, OursWithSize))
            .Should().Throw<PartException>().WithMessage("*Prefix outside a Filter*");
    }

    [Fact]
    public void With_OurRulesInTheOldFormAfterThirdPartiesHaveChangedTheirs_RenewsThem() =>
        Lifecycle(OursInOldForm + Theirs).With("offloaded-polling-noncurrent operations/", null).Should().Contain(Ours).And.Contain(Theirs);

    [Fact]
    public void With_NoRule_RemovesOnlyOurs()
    {
        Lifecycle(Ours + Theirs).With(Id, null).Should().Be($"<LifecycleConfiguration xmlns=\"urn:s3\">{Theirs}</LifecycleConfiguration>");
        Lifecycle(Ours).With(Id, null).Should().BeNull();
        Parse(null).With(Id, null).Should().BeNull();
    }

    [Theory]
    [InlineData("<Other/>", "*holds 'Other'*")]
    [InlineData("<LifecycleConfiguration><Novelty/></LifecycleConfiguration>", "*holds 'Novelty'*")]
    [InlineData("no XML", "*is not XML*")]
    [InlineData(
        $"<LifecycleConfiguration><Rule><ID>{Id}</ID></Rule><Rule><ID>{Id}</ID></Rule></LifecycleConfiguration>",
        $"*has 2 rules with the id '{Id}'*")]
    public void Parse_SomethingUnexpected_Stops(string lifecycle, string why) =>
        FluentActions.Invoking(() => Parse(lifecycle).Find(Id, Ours)).Should().Throw<PartException>().WithMessage(why);

    [Theory]
    [InlineData("<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>", true)]
    [InlineData(
        "<AllowedOrigin>https://*.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod><ExposeHeader>ETag</ExposeHeader>", true)]
    [InlineData("<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><ExposeHeader>ETag</ExposeHeader>"
        + "<ExposeHeader>date</ExposeHeader>", false)]
    [InlineData("<AllowedOrigin>*</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>", false)]
    [InlineData("<AllowedOrigin>https://other.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod>", false)]
    public void Find_ACorsRuleOfAThirdPartyThatMatchesFirst_WarnsOfIt(string rule, bool warned)
    {
        const string Cors =
            "<CORSRule><ID>ours</ID><AllowedOrigin>https://shop.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
                + "<ExposeHeader>Date</ExposeHeader><ExposeHeader>ETag</ExposeHeader></CORSRule>";
        var document = RuleDocument.Parse(
            $"<CORSConfiguration><CORSRule><ID>theirs</ID>{rule}</CORSRule></CORSConfiguration>", "CORSConfiguration", "CORSRule");

        (document.Find("ours", Cors).Reason is not null).Should().Be(warned);
    }

    private static RuleDocument Lifecycle(string rules) =>
        Parse($"<LifecycleConfiguration xmlns=\"urn:s3\">{rules}</LifecycleConfiguration>");

    private static RuleDocument Parse(string? text) => RuleDocument.Parse(text, "LifecycleConfiguration", "Rule");

    private static string? Value(string? document) => Parse(document).Find(Id, Ours).Value;
}
