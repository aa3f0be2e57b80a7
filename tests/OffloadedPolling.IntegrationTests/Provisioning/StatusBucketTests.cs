using System.Text.Json.Nodes;
using System.Xml.Linq;
using Amazon.S3.Model;
using OffloadedPolling.IntegrationTests.Servers;
using static OffloadedPolling.Provisioning.ProvisioningState;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>The bucket's set-up on a real server.</summary>
public sealed class StatusBucketTests
{
    private static readonly CancellationToken _cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ApplyAsync_ANewBucket_AppliesEveryPartOnceAndThenFindsItSo()
    {
        await using var host = await BucketHost.CreateAsync(s3 => s3.AllowedOrigins.Add("https://shop.example.com"));

        var check = await host.StatusBucket().CheckAsync(_cancel);
        var first = await host.StatusBucket().ApplyAsync(_cancel);
        var policy = await host.ReadAsync("policy");
        var second = await host.StatusBucket().ApplyAsync(_cancel);

        foreach (var part in (string[])["Expiry", "Cors", "SignatureAge"])
        {
            Assert.Equal((Missing, Applied, InSync), (check.State(part), first.State(part), second.State(part)));
        }

        Assert.Equal(Skipped, first.State("TlsOnly"));
        Assert.Contains("http://", first.Part("TlsOnly").Reason, StringComparison.Ordinal);
        Assert.Equal((Off, InSync, Off), (first.State("Transitions"), first.State("NoncurrentExpiry"), first.State("Network")));
        Assert.True(second.ProbePassed, second.ToString());
        Assert.Equal(policy, await host.ReadAsync("policy"));
        Assert.Equal("Writing, reading and a presigned read work.", second.Probe);
        Assert.Empty(await ObjectsAsync(host));
    }

    [Fact]
    public async Task CheckAsync_ChangesNothing()
    {
        await using var host = await BucketHost.CreateAsync(s3 => s3.AllowedOrigins.Add("https://shop.example.com"));

        var report = await host.StatusBucket().CheckAsync(_cancel);

        Assert.Null(report.ProbePassed);
        Assert.Equal((null, null, null), (await host.ReadAsync("policy"), await host.ReadAsync("lifecycle"), await host.ReadAsync("cors")));
    }

    [Fact]
    public async Task ApplyAsync_APartThatTheServerRefuses_FailsAndTheOthersStand()
    {
        await using var host = await BucketHost.CreateAsync(switches: parts => parts.Encryption = true);

        var report = await host.StatusBucket().ApplyAsync(_cancel);

        (report.State("Encryption"), report.State("Expiry"), report.State("SignatureAge")).Should().Be((Failed, Applied, Applied));
        report.ProbePassed.Should().BeTrue(report.ToString());
        (await host.PlaceDocumentAsync()).State.Should().Be(OperationState.NotStarted);
        host.Log.Entries.Should().Contain(entry => entry.Id == 502 && entry.Text.Contains("Encryption", StringComparison.Ordinal))
            .And.Contain(entry => entry.Id == 504 && entry.Text.Contains("TlsOnly", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ApplyAsync_APartThatBreaksWrites_IsRolledBackWithEverythingElse()
    {
        await using var host = await BucketHost.CreateAsync(switches: parts => parts.BlockPublicAccess = true);

        var report = await host.StatusBucket().ApplyAsync(_cancel);

        // Ceph's gateway accepts BlockPublicAcls and then denies every write.
        (report.State("BlockPublicAccess"), report.State("Expiry"), report.State("SignatureAge")).Should().Be((RolledBack, RolledBack, RolledBack));
        report.Part("Expiry").Reason.Should().Contain("Writing an object failed: AccessDenied");
        (report.ProbePassed, report.IsInSync).Should().Be((false, false));
        (await host.ReadAsync("lifecycle"), await host.ReadAsync("policy")).Should().Be((null, null));
        (await host.PlaceDocumentAsync()).State.Should().Be(OperationState.NotStarted);
        host.Log.Entries.Should().Contain(entry => entry.Id == 503 && entry.Text.Contains("BlockPublicAccess", StringComparison.Ordinal))
            .And.Contain(entry => entry.Id == 506);
    }

    [Fact]
    public async Task ApplyAsync_APolicyOfAStrangers_IsMergedInto()
    {
        await using var host = await BucketHost.CreateAsync();
        var stranger = $$$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam:::user/tester"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{{{host.Bucket}}}/reports/*","Condition":{"StringLike":{"aws:UserAgent":"x*"} } }""";
        await host.WriteAsync("policy", $$"""{"Version":"2012-10-17","Id":"theirs","Statement":{{stranger}}}""");

        var report = await host.StatusBucket().ApplyAsync(_cancel);

        Assert.Equal(Applied, report.State("SignatureAge"));
        var policy = JsonNode.Parse((await host.ReadAsync("policy"))!)!;
        Assert.Equal("theirs", policy["Id"]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(stranger), policy["Statement"]![0]));
        Assert.Equal(2, policy["Statement"]!.AsArray().Count);
    }

    [Fact]
    public async Task ApplyAsync_RulesOfStrangers_StayAsTheyAre()
    {
        await using var host = await BucketHost.CreateAsync(s3 => s3.AllowedOrigins.Add("https://shop.example.com"));
        await host.WriteAsync("lifecycle", """
            <LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>theirs</ID><Filter><And><Prefix>logs/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>
            """);
        await host.WriteAsync("cors", """
            <CORSConfiguration><CORSRule><ID>theirs</ID><AllowedOrigin>https://other.example.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>
            """);
        var (lifecycle, cors) = (Rules(await host.ReadAsync("lifecycle")), Rules(await host.ReadAsync("cors")));

        var report = await host.StatusBucket().ApplyAsync(_cancel);

        Assert.True(report.IsInSync || report.State("TlsOnly") == Skipped, report.ToString());
        Assert.Equal(lifecycle[0], Rules(await host.ReadAsync("lifecycle")).Single(rule => rule.Contains("theirs", StringComparison.Ordinal)));
        Assert.Equal(cors[0], Rules(await host.ReadAsync("cors")).Single(rule => rule.Contains("theirs", StringComparison.Ordinal)));
        Assert.Equal(2, Rules(await host.ReadAsync("lifecycle")).Count);
    }

    [Fact]
    public async Task ApplyAsync_TwoHostsWithPrefixesOfTheirOwn_BothStand()
    {
        await using var one = await BucketHost.CreateAsync();
        await using var two = await BucketHost.CreateAsync(s3 => s3.KeyPrefix = "others/", bucket: one.Bucket, options: polling => polling.Retention = TimeSpan.FromHours(30));

        await one.StatusBucket().ApplyAsync(_cancel);
        await two.StatusBucket().ApplyAsync(_cancel);

        Assert.Equal((InSync, InSync), ((await one.StatusBucket().CheckAsync(_cancel)).State("Expiry"), (await two.StatusBucket().CheckAsync(_cancel)).State("Expiry")));
        Assert.Equal(InSync, (await one.StatusBucket().CheckAsync(_cancel)).State("SignatureAge"));
        Assert.Equal(["<Days>1</Days>", "<Days>2</Days>"], Rules(await one.ReadAsync("lifecycle"))
            .SelectMany(rule => (string[])["<Days>1</Days>", "<Days>2</Days>"], (rule, days) => rule.Contains(days, StringComparison.Ordinal) ? days : null).OfType<string>().Order());
    }

    [Fact]
    public async Task ApplyAsync_ARuleOfOursThatChanged_IsDifferentAndReplaced()
    {
        await using var before = await BucketHost.CreateAsync();
        await before.StatusBucket().ApplyAsync(_cancel);
        await using var after = await BucketHost.CreateAsync(bucket: before.Bucket, options: polling => (polling.Retention, polling.MaxUrlLifetime) = (TimeSpan.FromDays(3), TimeSpan.FromHours(2)));

        var check = await after.StatusBucket().CheckAsync(_cancel);
        await after.StatusBucket().ApplyAsync(_cancel);

        Assert.Equal((Different, Different), (check.State("Expiry"), check.State("SignatureAge")));
        Assert.Contains("<Days>3</Days>", Assert.Single(Rules(await after.ReadAsync("lifecycle"))), StringComparison.Ordinal);
        Assert.Contains("7200000", await after.ReadAsync("policy"), StringComparison.Ordinal);
        Assert.DoesNotContain("3600000", await after.ReadAsync("policy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApplyAsync_AVersionedBucket_ExpiresOldVersionsToo()
    {
        await using var host = await BucketHost.CreateAsync();
        using var s3 = TestServers.NewS3Client();
        await s3.PutBucketVersioningAsync(new PutBucketVersioningRequest { BucketName = host.Bucket, VersioningConfig = new() { Status = Amazon.S3.VersionStatus.Enabled } }, _cancel);

        var first = await host.StatusBucket().ApplyAsync(_cancel);
        var second = await host.StatusBucket().ApplyAsync(_cancel);

        Assert.Equal((Applied, InSync), (first.State("NoncurrentExpiry"), second.State("NoncurrentExpiry")));
        Assert.Contains("<NoncurrentDays>1</NoncurrentDays>", await host.ReadAsync("lifecycle"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApplyAsync_ABucketThatCannotBeWrittenTo_StaysAsItWas()
    {
        await using var host = await BucketHost.CreateAsync();
        await host.WriteAsync("policy", $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::{{host.Bucket}}/*"}]}""");
        var policy = await host.ReadAsync("policy");

        var report = await host.StatusBucket().ApplyAsync(_cancel);

        report.ProbePassed.Should().BeFalse();
        (report.State("Expiry"), report.State("SignatureAge")).Should().Be((RolledBack, RolledBack));
        JsonNode.DeepEquals(JsonNode.Parse((await host.ReadAsync("policy"))!), JsonNode.Parse(policy!)).Should().BeTrue();
        (await host.ReadAsync("lifecycle")).Should().BeNull();
        host.Log.Entries.Should().Contain(entry => entry.Id == 506);
    }

    [Fact]
    public async Task ApplyAsync_WhatIsSwitchedOffAfterwards_IsTakenOutAndStrangersStay()
    {
        using var tls = BucketHost.NewTlsClient();
        await using var before = await BucketHost.CreateAsync(s3 =>
        {
            s3.AllowedOrigins.Add("https://shop.example.com");
            s3.AllowedIpRanges.Add("127.0.0.0/8");
        }, client: tls);
        await before.WriteAsync("lifecycle", """
            <LifecycleConfiguration><Rule><ID>theirs</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>
            """);
        await before.StatusBucket().ApplyAsync(_cancel);
        await using var after = await BucketHost.CreateAsync(switches: parts => (parts.Expiry, parts.TlsOnly, parts.SignatureAge) = (false, false, false), client: tls, bucket: before.Bucket);

        var check = await after.StatusBucket().CheckAsync(_cancel);
        var first = await after.StatusBucket().ApplyAsync(_cancel);
        var second = await after.StatusBucket().ApplyAsync(_cancel);

        foreach (var part in (string[])["Expiry", "Cors", "SignatureAge", "TlsOnly", "Network"])
        {
            Assert.Equal((part, Different, Applied, Off), (part, check.State(part), first.State(part), second.State(part)));
            Assert.Contains("ApplyAsync removes what an earlier set-up added", check.Part(part).Reason, StringComparison.Ordinal);
            Assert.Contains("was removed", first.Part(part).Reason, StringComparison.Ordinal);
        }

        Assert.Contains("127.0.0.0/8", check.Part("Network").Actual, StringComparison.Ordinal);
        Assert.Equal((Off, Off), (check.State("BlockPublicAccess"), check.State("Encryption")));
        Assert.Equal((true, true), (first.ProbePassed, second.ProbePassed));
        Assert.Equal((null, null), (await after.ReadAsync("policy"), await after.ReadAsync("cors")));
        Assert.Contains("theirs", Assert.Single(Rules(await after.ReadAsync("lifecycle"))), StringComparison.Ordinal);
        Assert.DoesNotContain(after.Log.Entries, entry => entry.Id == 505);
    }

    [Fact]
    public async Task CheckAsync_APartForVersionsThatIsOff_IsOff()
    {
        await using var host = await BucketHost.CreateAsync(switches: parts => parts.NoncurrentExpiry = false);

        (await host.StatusBucket().CheckAsync(_cancel)).State("NoncurrentExpiry").Should().Be(Off);
    }

    [Theory]
    [InlineData("s3:PutBucketLogging")]
    [InlineData("s3:PutObject")]
    public async Task ApplyAsync_ATlsStatementOfOursWhereTheAddressIsHttp_IsTakenOut(string denied)
    {
        await using var host = await BucketHost.CreateAsync();
        await host.WriteAsync("policy", $$"""{"Version":"2012-10-17","Statement":[{"Sid":"OffloadedPollingTlsOnly","Effect":"Deny","Principal":"*","Action":"{{denied}}","Resource":"arn:aws:s3:::{{host.Bucket}}/*"}]}""");

        var check = await host.StatusBucket().CheckAsync(_cancel);
        var report = await host.StatusBucket().ApplyAsync(_cancel);

        Assert.Equal((Different, Applied), (check.State("TlsOnly"), report.State("TlsOnly")));
        Assert.Contains("http://", report.Part("TlsOnly").Reason, StringComparison.Ordinal);
        Assert.Equal((true, Applied), (report.ProbePassed, report.State("Expiry")));
        Assert.DoesNotContain("TlsOnly", await host.ReadAsync("policy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckAsync_WithoutCredentials_SaysSo()
    {
        using var client = new Amazon.S3.AmazonS3Client(new NoCredentials(), new Amazon.S3.AmazonS3Config { ServiceURL = TestServers.S3.ToString(), AuthenticationRegion = TestServers.Region, ForcePathStyle = true });
        await using var host = await BucketHost.CreateAsync(client: client);

        var failure = await Assert.ThrowsAsync<OperationStoreException>(() => host.StatusBucket().CheckAsync(_cancel));

        Assert.Contains($"Could not set up the bucket '{host.Bucket}': no AWS credentials were found", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("status URL", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApplyAsync_NoSuchBucket_Throws()
    {
        await using var host = await BucketHost.CreateAsync(bucket: $"nobodys-{Guid.NewGuid():n}");

        var failure = await Assert.ThrowsAsync<OperationStoreException>(() => host.StatusBucket().ApplyAsync(_cancel));

        Assert.Contains("the bucket does not exist", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApplyAsync_WhatItWrote_IsWhatTheTemplatesSay()
    {
        using var tls = BucketHost.NewTlsClient();
        await using var host = await BucketHost.CreateAsync(s3 =>
        {
            s3.AllowedOrigins.Add("https://shop.example.com");
            s3.AllowedIpRanges.Add("127.0.0.0/8");
        }, client: tls);

        var report = await host.StatusBucket().ApplyAsync(_cancel);

        Assert.True(report.IsInSync, report.ToString());
        var json = JsonNode.Parse(host.StatusBucket().ToJson())!;
        var written = JsonNode.Parse((await host.ReadAsync("policy"))!)!["Statement"]!.AsArray();
        Assert.Equal(3, written.Count);
        Assert.Equal(Sorted(written), Sorted(json["policy"]!["Statement"]!.AsArray()));

        var rule = Assert.Single((await tls.GetLifecycleConfigurationAsync(host.Bucket, _cancel)).Configuration.Rules);
        var told = json["lifecycle"]!["Rules"]![0]!;
        Assert.Equal((told["ID"]!.GetValue<string>(), told["Expiration"]!["Days"]!.GetValue<int>()), (rule.Id, rule.Expiration.Days!.Value));
        var cors = Assert.Single((await tls.GetCORSConfigurationAsync(host.Bucket, _cancel)).Configuration.Rules);
        Assert.Equal(json["cors"]!["CORSRules"]![0]!["AllowedOrigins"]!.AsArray().Select(each => each!.GetValue<string>()), cors.AllowedOrigins);
        Assert.Equal(json["cors"]!["CORSRules"]![0]!["AllowedHeaders"]!.AsArray().Select(each => each!.GetValue<string>().ToUpperInvariant()), cors.AllowedHeaders.Select(each => each.ToUpperInvariant()));
    }

    private static List<string> Sorted(JsonArray statements) =>
        [.. statements.Select(statement => statement!.ToJsonString()).Order(StringComparer.Ordinal)];

    private static List<string> Rules(string? text) => [.. XElement.Parse(text!).Elements().Select(rule => rule.ToString(SaveOptions.DisableFormatting))];

    private static async Task<List<S3Object>> ObjectsAsync(TestHost host)
    {
        using var s3 = TestServers.NewS3Client();
        return (await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = host.Bucket }, _cancel)).S3Objects ?? [];
    }

    private sealed class NoCredentials : Amazon.Runtime.AWSCredentials
    {
        public override Amazon.Runtime.ImmutableCredentials GetCredentials() => throw new Amazon.Runtime.AmazonClientException("There are none.");
    }
}
