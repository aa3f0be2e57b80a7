using OffloadedPolling.Provisioning;
using static OffloadedPolling.Provisioning.StatusBucketPartState;

namespace OffloadedPolling.Tests.Provisioning;

/// <summary>Rules of this library's own among those of strangers.</summary>
public sealed class RulePartsTests
{
    private const string Theirs = "<Rule><ID>theirs</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>9</Days></Expiration><Novelty a=\"1\">x</Novelty></Rule>";

    private static readonly LifecyclePart _expiry = new("Expiry", "gone", new LifecycleRule("ours", "operations/") { ExpirationDays = 1 });

    private static readonly LifecyclePart _transitions = new(
        "Transitions", "moved", new LifecycleRule("ours", "operations/") { Transitions = [("STANDARD_IA", 30)], AboveBytes = 131072 });

    private static readonly CorsPart _cors = new("Cors", "may", new CorsRule("ours", ["https://shop.example.com"]));

    [Fact]
    public void Compare_ALifecycleWithWhatNobodyHereKnows_KeepsItByteForByteAndItsHeader()
    {
        var finding = _expiry.Compare(new BucketDocument($"<LifecycleConfiguration xmlns=\"urn:s3\">{Theirs}</LifecycleConfiguration>", "varies_by_storage_class"));

        Assert.Equal(Missing, finding.State);
        Assert.Contains(Theirs, finding.After!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("xmlns=\"\"", finding.After.Text, StringComparison.Ordinal);
        Assert.Equal("varies_by_storage_class", finding.After.DefaultMinimumObjectSize);
        Assert.Equal(AsItShouldBe, _expiry.Compare(finding.After).State);
    }

    [Fact]
    public void Compare_NoLifecycle_MakesOne()
    {
        var finding = _expiry.Compare(null);

        Assert.Equal(
            "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ID>ours</ID><Filter><Prefix>operations/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>",
            finding.After!.Text);
        Assert.Null(finding.Before);
    }

    [Theory]
    [InlineData("<Rule><ID>ours</ID><Filter><Prefix>operations/</Prefix></Filter><Status>Disabled</Status><Expiration><Days>1</Days></Expiration></Rule>")]
    [InlineData("<Rule><ID>ours</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>")]
    [InlineData("<Rule><ID>ours</ID><Filter><Prefix>operations/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration><Novelty/></Rule>")]
    public void Compare_ARuleOfOursThatDiffers_IsReplaced(string rule)
    {
        var finding = _expiry.Compare(new BucketDocument($"<LifecycleConfiguration>{rule}{Theirs}</LifecycleConfiguration>"));

        Assert.Equal(Different, finding.State);
        Assert.DoesNotContain(rule, finding.After!.Text, StringComparison.Ordinal);
        Assert.Contains(Theirs, finding.After.Text, StringComparison.Ordinal);
        Assert.Equal(AsItShouldBe, _expiry.Compare(finding.After).State);
    }

    [Fact]
    public void Compare_RulesOfTheOldForm_AreJoinedInTheOldFormOrNotAtAll()
    {
        var old = new BucketDocument("<LifecycleConfiguration><Rule><ID>theirs</ID><Prefix>logs/</Prefix><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>");

        var finding = _expiry.Compare(old);

        Assert.Contains("<ID>ours</ID><Prefix>operations/</Prefix>", finding.After!.Text, StringComparison.Ordinal);
        Assert.Equal(AsItShouldBe, _expiry.Compare(finding.After).State);
        Assert.Contains("old form", Assert.Throws<UnexpectedDocumentException>(() => _transitions.Compare(old)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_RulesOfOursInTheOldForm_AreRenewedOnceNoStrangersIs()
    {
        const string Old = "<Rule><ID>offloaded-polling-expiry operations/</ID><Prefix>operations/</Prefix><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>";
        var transitions = new LifecyclePart("Transitions", "moved", new LifecycleRule("offloaded-polling-transitions operations/", "operations/") { Transitions = [("STANDARD_IA", 30)], AboveBytes = 131072 });
        var before = new BucketDocument($"<LifecycleConfiguration xmlns=\"urn:s3\">{Old}{Theirs}</LifecycleConfiguration>");

        var finding = transitions.Compare(before);

        Assert.Equal(Missing, finding.State);
        Assert.Contains(Old.Replace("<Prefix>operations/</Prefix>", "<Filter><Prefix>operations/</Prefix></Filter>", StringComparison.Ordinal), finding.After!.Text, StringComparison.Ordinal);
        Assert.Contains(Theirs, finding.After.Text, StringComparison.Ordinal);
        Assert.Equal(AsItShouldBe, transitions.Compare(finding.After).State);
        Assert.Same(before, transitions.TakeBack(finding.After, finding));
    }

    [Fact]
    public void CompareRemains_ARuleOfOurs_IsTakenOutAlone()
    {
        var with = _transitions.Compare(new BucketDocument($"<LifecycleConfiguration>{Theirs}</LifecycleConfiguration>", "theirs")).After!;

        var remains = _transitions.CompareRemains(with)!;

        Assert.Equal(Different, remains.State);
        Assert.Equal(new BucketDocument($"<LifecycleConfiguration>{Theirs}</LifecycleConfiguration>", "theirs"), remains.After);
        Assert.Null(_transitions.CompareRemains(remains.After));
        Assert.Null(_transitions.CompareRemains(_transitions.Compare(null).After)!.After);
        Assert.Null(_transitions.CompareRemains(null));
    }

    [Theory]
    [InlineData("<Other/>", "is a 'Other'")]
    [InlineData("<LifecycleConfiguration><Novelty/></LifecycleConfiguration>", "holds 'Novelty'")]
    [InlineData("no XML", "is no XML")]
    [InlineData("<LifecycleConfiguration><Rule><ID>ours</ID></Rule><Rule><ID>ours</ID></Rule></LifecycleConfiguration>", "has 2 rules with the id 'ours'")]
    public void Compare_SomethingUnexpected_Stops(string lifecycle, string why) =>
        Assert.Contains(why, Assert.Throws<UnexpectedDocumentException>(() => _expiry.Compare(new BucketDocument(lifecycle))).Message, StringComparison.Ordinal);

    [Fact]
    public void Compare_AHundredCorsRulesOfStrangers_LeaveNoRoom()
    {
        var hundred = string.Concat(Enumerable.Range(0, 100).Select(at => $"<CORSRule><ID>{at}</ID><AllowedOrigin>https://{at}.example.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod></CORSRule>"));

        var refused = Assert.Throws<UnexpectedDocumentException>(() => _cors.Compare(new BucketDocument($"<CORSConfiguration>{hundred}</CORSConfiguration>")));

        Assert.Contains("would have 101 rules with it, and S3 takes 100", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>", true)]
    [InlineData("<AllowedOrigin>https://*.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod><ExposeHeader>ETag</ExposeHeader>", true)]
    [InlineData("<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><ExposeHeader>ETag</ExposeHeader><ExposeHeader>date</ExposeHeader>", false)]
    [InlineData("<AllowedOrigin>*</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>", false)]
    [InlineData("<AllowedOrigin>https://other.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod>", false)]
    public void Compare_AStrangersCorsRuleThatAnswersFirst_IsWarnedOf(string rule, bool warned) =>
        Assert.Equal(warned, _cors.Compare(new BucketDocument($"<CORSConfiguration><CORSRule><ID>theirs</ID>{rule}</CORSRule></CORSConfiguration>")).Reason is not null);

    [Fact]
    public void Compare_OtherEncryption_IsRight() =>
        Assert.Equal(AsItShouldBe, new EncryptionPart("Encryption", "encrypted").Compare(new BucketDocument(
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>")).State);

    [Fact]
    public void Compare_PublicAccessBlockedInPart_IsCompletedAndCanBePutBack()
    {
        var finding = new PublicAccessPart("BlockPublicAccess", "on").Compare(new BucketDocument(
            "<PublicAccessBlockConfiguration><BlockPublicAcls>false</BlockPublicAcls><BlockPublicPolicy>TRUE</BlockPublicPolicy></PublicAccessBlockConfiguration>"));

        Assert.Equal((Different, "without BlockPublicAcls, IgnorePublicAcls, RestrictPublicBuckets"), (finding.State, finding.Is));
        Assert.Contains("<BlockPublicPolicy>true</BlockPublicPolicy>", finding.Before!.Text, StringComparison.Ordinal);
        Assert.Contains("<BlockPublicAcls>false</BlockPublicAcls>", finding.Before.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("false", finding.After!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void TakeBack_ALifecycleThatNobodyElseChanged_IsWhatItWas()
    {
        var before = new BucketDocument($"<LifecycleConfiguration>\n{Theirs}</LifecycleConfiguration>");
        var finding = _expiry.Compare(before);

        Assert.Same(before, _expiry.TakeBack(finding.After, finding));
        Assert.Same(before, _expiry.TakeBack(before, finding));
    }

    [Fact]
    public void TakeBack_ALifecycleThatOthersChangedMeanwhile_KeepsTheirsAndRestoresOurs()
    {
        var old = "<Rule><ID>ours</ID><Filter><Prefix>operations/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>7</Days></Expiration></Rule>";
        var finding = _expiry.Compare(new BucketDocument($"<LifecycleConfiguration>{old}</LifecycleConfiguration>"));
        var now = new BucketDocument(finding.After!.Text.Replace("</LifecycleConfiguration>", $"{Theirs}</LifecycleConfiguration>", StringComparison.Ordinal), "theirs");

        var back = _expiry.TakeBack(now, finding)!;

        Assert.Contains(Theirs, back.Text, StringComparison.Ordinal);
        Assert.Contains(old, back.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<Days>1</Days>", back.Text, StringComparison.Ordinal);
        Assert.Equal("theirs", back.DefaultMinimumObjectSize);
    }

    [Fact]
    public void TakeBack_AnotherEncryptionThatCameMeanwhile_Stays()
    {
        var part = new EncryptionPart("Encryption", "encrypted");
        var finding = part.Compare(null);
        var theirs = new BucketDocument(finding.After!.Text.Replace("AES256", "aws:kms", StringComparison.Ordinal));

        Assert.Same(theirs, part.TakeBack(theirs, finding));
        Assert.Null(part.TakeBack(finding.After, finding));
    }

    [Fact]
    public void TakeBack_PublicAccess_LeavesOffWhatSomebodySwitchedOffMeanwhile()
    {
        var part = new PublicAccessPart("BlockPublicAccess", "on");
        var finding = part.Compare(new BucketDocument(
            "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>"));
        var now = new BucketDocument(finding.After!.Text.Replace("<BlockPublicAcls>true", "<BlockPublicAcls>false", StringComparison.Ordinal));

        Assert.Equal(finding.Before, part.TakeBack(finding.After, finding));
        Assert.Equal(finding.Before!.Text.Replace("<BlockPublicAcls>true", "<BlockPublicAcls>false", StringComparison.Ordinal), part.TakeBack(now, finding)!.Text);
        Assert.Null(part.TakeBack(null, finding));
    }
}
