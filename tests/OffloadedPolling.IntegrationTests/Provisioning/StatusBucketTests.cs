using System.Text.Json.Nodes;
using System.Xml.Linq;
using Amazon.S3.Model;
using OffloadedPolling.IntegrationTests.Servers;
using static OffloadedPolling.Provisioning.ProvisioningState;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>Tests the bucket setup on a real server.</summary>
public sealed class StatusBucketTests
{
    private static readonly CancellationToken _cancellationToken = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ApplyAsync_NewBucket_AppliesPartsOnce()
    {
        await using var host = await BucketHost.CreateAsync(s3 => s3.AllowedOrigins.Add("https://shop.example.com"));

        var check = await host.StatusBucket().CheckAsync(_cancellationToken);
        var first = await host.StatusBucket().ApplyAsync(_cancellationToken);
        var policy = await host.ReadAsync("policy");
        var second = await host.StatusBucket().ApplyAsync(_cancellationToken);

        foreach (var part in (string[])["Expiry", "Cors", "SignatureAge"])
        {
            (check.State(part), first.State(part), second.State(part)).Should().Be((Missing, Applied, InSync));
        }

        first.State("TlsOnly").Should().Be(Skipped);
        first.Part("TlsOnly").Reason.Should().Contain("http://");
        (first.State("Transitions"), first.State("NoncurrentExpiry"), first.State("Network")).Should().Be((Off, InSync, Off));
        second.ProbePassed.Should().BeTrue(second.ToString());
        (await host.ReadAsync("policy")).Should().Be(policy);
        second.Probe.Should().Be("Writing, reading and a presigned read work.");
        (await ObjectsAsync(host)).Should().BeEmpty();
    }

    [Fact]
    public async Task CheckAsync_ChangesNothing()
    {
        await using var host = await BucketHost.CreateAsync(s3 => s3.AllowedOrigins.Add("https://shop.example.com"));

        var report = await host.StatusBucket().CheckAsync(_cancellationToken);

        report.ProbePassed.Should().BeNull();
        (await host.ReadAsync("policy"), await host.ReadAsync("lifecycle"), await host.ReadAsync("cors"))
            .Should().Be(((string?)null, (string?)null, (string?)null));
    }

    [Fact]
    public async Task ApplyAsync_ServerRejectsPart_AppliesRest()
    {
        await using var host = await BucketHost.CreateAsync(switches: parts => parts.Encryption = true);

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        (report.State("Encryption"), report.State("Expiry"), report.State("SignatureAge")).Should().Be((Failed, Applied, Applied));
        report.ProbePassed.Should().BeTrue(report.ToString());
        (await host.PlaceDocumentAsync()).State.Should().Be(OperationState.NotStarted);
        host.Log.Entries.Should().Contain(entry => entry.Id == 502 && entry.Text.Contains("Encryption", StringComparison.Ordinal))
            .And.Contain(entry => entry.Id == 504 && entry.Text.Contains("TlsOnly", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ApplyAsync_PartBreaksWrites_RollsBackAllParts()
    {
        await using var host = await BucketHost.CreateAsync(switches: parts => parts.BlockPublicAccess = true);

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        // Ceph's gateway accepts BlockPublicAcls and then denies every write.
        (report.State("BlockPublicAccess"), report.State("Expiry"), report.State("SignatureAge"))
            .Should().Be((RolledBack, RolledBack, RolledBack));
        report.Part("Expiry").Reason.Should().Contain("Writing an object failed: AccessDenied");
        (report.ProbePassed, report.IsInSync).Should().Be((false, false));
        (await host.ReadAsync("lifecycle"), await host.ReadAsync("policy")).Should().Be((null, null));
        (await host.PlaceDocumentAsync()).State.Should().Be(OperationState.NotStarted);
        host.Log.Entries.Should().Contain(entry => entry.Id == 503 && entry.Text.Contains("BlockPublicAccess", StringComparison.Ordinal))
            .And.Contain(entry => entry.Id == 506);
    }

    [Fact]
    public async Task ApplyAsync_ExistingPolicy_KeepsOtherStatements()
    {
        await using var host = await BucketHost.CreateAsync();
        var statement = $$$"""
            {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam:::user/tester"},"Action":"s3:GetObject",
            "Resource":"arn:aws:s3:::{{{host.Bucket}}}/reports/*","Condition":{"StringLike":{"aws:UserAgent":"x*"} } }
            """;
        await host.WriteAsync("policy", $$"""{"Version":"2012-10-17","Id":"theirs","Statement":{{statement}}}""");

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        report.State("SignatureAge").Should().Be(Applied);
        var policy = JsonNode.Parse((await host.ReadAsync("policy"))!)!;
        policy["Id"]!.GetValue<string>().Should().Be("theirs");
        JsonNode.DeepEquals(JsonNode.Parse(statement), policy["Statement"]![0]).Should().BeTrue();
        policy["Statement"]!.AsArray().Should().HaveCount(2);
    }

    [Fact]
    public async Task ApplyAsync_ExistingRules_AreUnchanged()
    {
        await using var host = await BucketHost.CreateAsync(s3 => s3.AllowedOrigins.Add("https://shop.example.com"));
        await host.WriteAsync("lifecycle", """
            <LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>theirs</ID>
            <Filter><And><Prefix>logs/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter>
            <Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>
            """);
        await host.WriteAsync("cors", """
            <CORSConfiguration><CORSRule><ID>theirs</ID><AllowedOrigin>https://other.example.com</AllowedOrigin>
            <AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>
            """);
        var (lifecycle, cors) = (Rules(await host.ReadAsync("lifecycle")), Rules(await host.ReadAsync("cors")));

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        report.Parts.Where(part => part.Name != "TlsOnly").Should().OnlyContain(
            part => part.State == Applied || part.State == InSync || part.State == Off, report.ToString());
        Rules(await host.ReadAsync("lifecycle")).Single(rule => rule.Contains("theirs", StringComparison.Ordinal))
            .Should().Be(lifecycle[0]);
        Rules(await host.ReadAsync("cors")).Single(rule => rule.Contains("theirs", StringComparison.Ordinal)).Should().Be(cors[0]);
        Rules(await host.ReadAsync("lifecycle")).Should().HaveCount(2);
    }

    [Fact]
    public async Task ApplyAsync_TwoPrefixes_KeepsRulesOfBoth()
    {
        await using var one = await BucketHost.CreateAsync();
        await using var two = await BucketHost.CreateAsync(
            s3 => s3.KeyPrefix = "others/", bucket: one.Bucket, options: polling => polling.Retention = TimeSpan.FromHours(30));

        await one.StatusBucket().ApplyAsync(_cancellationToken);
        await two.StatusBucket().ApplyAsync(_cancellationToken);

        ((await one.StatusBucket().CheckAsync(_cancellationToken)).State("Expiry"), (await two.StatusBucket()
            .CheckAsync(_cancellationToken)).State("Expiry")).Should().Be((InSync, InSync));
        (await one.StatusBucket().CheckAsync(_cancellationToken)).State("SignatureAge").Should().Be(InSync);
        Rules(await one.ReadAsync("lifecycle"))
            .SelectMany(rule => (string[])["<Days>1</Days>", "<Days>2</Days>"], (rule, days) => rule.Contains(
                days, StringComparison.Ordinal) ? days : null).OfType<string>().Order().Should().Equal("<Days>1</Days>", "<Days>2</Days>");
    }

    [Fact]
    public async Task ApplyAsync_SettingsChanged_ReplacesOwnRules()
    {
        await using var before = await BucketHost.CreateAsync();
        await before.StatusBucket().ApplyAsync(_cancellationToken);
        await using var after = await BucketHost.CreateAsync(bucket: before.Bucket, options: polling =>
            (polling.Retention, polling.MaxUrlLifetime) = (TimeSpan.FromDays(3), TimeSpan.FromHours(2)));

        var check = await after.StatusBucket().CheckAsync(_cancellationToken);
        await after.StatusBucket().ApplyAsync(_cancellationToken);

        (check.State("Expiry"), check.State("SignatureAge")).Should().Be((Different, Different));
        Rules(await after.ReadAsync("lifecycle")).Should().ContainSingle().Which.Should().Contain("<Days>3</Days>");
        (await after.ReadAsync("policy")).Should().Contain("7200000");
        (await after.ReadAsync("policy")).Should().NotContain("3600000");
    }

    [Fact]
    public async Task ApplyAsync_VersionedBucket_ExpiresOldVersions()
    {
        await using var host = await BucketHost.CreateAsync();
        using var s3 = TestServers.NewS3Client();
        await s3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = host.Bucket,
            VersioningConfig = new() { Status = Amazon.S3.VersionStatus.Enabled },
        }, _cancellationToken);

        var first = await host.StatusBucket().ApplyAsync(_cancellationToken);
        var second = await host.StatusBucket().ApplyAsync(_cancellationToken);

        (first.State("NoncurrentExpiry"), second.State("NoncurrentExpiry")).Should().Be((Applied, InSync));
        (await host.ReadAsync("lifecycle")).Should().Contain("<NoncurrentDays>1</NoncurrentDays>");
    }

    [Fact]
    public async Task ApplyAsync_WritesAreDenied_RollsBack()
    {
        await using var host = await BucketHost.CreateAsync();
        await host.WriteAsync("policy", $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject",
            "Resource":"arn:aws:s3:::{{host.Bucket}}/*"}]}
            """);
        var policy = await host.ReadAsync("policy");

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        report.ProbePassed.Should().BeFalse();
        (report.State("Expiry"), report.State("SignatureAge")).Should().Be((RolledBack, RolledBack));
        JsonNode.DeepEquals(JsonNode.Parse((await host.ReadAsync("policy"))!), JsonNode.Parse(policy!)).Should().BeTrue();
        (await host.ReadAsync("lifecycle")).Should().BeNull();
        host.Log.Entries.Should().Contain(entry => entry.Id == 506);
    }

    [Fact]
    public async Task ApplyAsync_PartSwitchedOffLater_IsUnchanged()
    {
        await using var before = await BucketHost.CreateAsync();
        await before.StatusBucket().ApplyAsync(_cancellationToken);
        var (lifecycle, policy) = (await before.ReadAsync("lifecycle"), await before.ReadAsync("policy"));
        await using var after = await BucketHost.CreateAsync(
            switches: parts => (parts.Expiry, parts.SignatureAge) = (false, false), bucket: before.Bucket);

        var report = await after.StatusBucket().ApplyAsync(_cancellationToken);

        (report.State("Expiry"), report.State("SignatureAge"), report.ProbePassed).Should().Be((Off, Off, (bool?)true));
        (await after.ReadAsync("lifecycle"), await after.ReadAsync("policy")).Should().Be((lifecycle, policy));
    }

    [Fact]
    public async Task CheckAsync_NoncurrentExpiryIsOff_ReportsOff()
    {
        await using var host = await BucketHost.CreateAsync(switches: parts => parts.NoncurrentExpiry = false);

        (await host.StatusBucket().CheckAsync(_cancellationToken)).State("NoncurrentExpiry").Should().Be(Off);
    }

    [Fact]
    public async Task CheckAsync_NoCredentials_ThrowsWithReason()
    {
        using var client = new Amazon.S3.AmazonS3Client(new NoCredentials(), new Amazon.S3.AmazonS3Config
        {
            ServiceURL = TestServers.S3.ToString(),
            AuthenticationRegion = TestServers.Region,
            ForcePathStyle = true,
        });
        await using var host = await BucketHost.CreateAsync(client: client);

        var failure = (await FluentActions.Awaiting(() => host.StatusBucket().CheckAsync(_cancellationToken))
            .Should().ThrowExactlyAsync<OperationStoreException>()).Which;

        failure.Message.Should().Contain($"Could not set up 'operations/' in the bucket '{host.Bucket}': no AWS credentials were found");
        failure.Message.Should().NotContain("status URL");
    }

    [Fact]
    public async Task ApplyAsync_NoSuchBucket_Throws()
    {
        await using var host = await BucketHost.CreateAsync(bucket: $"nobodys-{Guid.NewGuid():n}");

        var failure = (await FluentActions.Awaiting(() => host.StatusBucket().ApplyAsync(_cancellationToken))
            .Should().ThrowExactlyAsync<OperationStoreException>()).Which;

        failure.Message.Should().Contain("the bucket does not exist");
    }

    [Fact]
    public async Task ApplyAsync_WrittenConfiguration_MatchesToJson()
    {
        using var tls = BucketHost.NewTlsClient();
        await using var host = await BucketHost.CreateAsync(s3 =>
        {
            s3.AllowedOrigins.Add("https://shop.example.com");
            s3.AllowedIpRanges.Add("127.0.0.0/8");
        }, client: tls);

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        report.IsInSync.Should().BeTrue(report.ToString());
        var json = JsonNode.Parse(host.StatusBucket().ToJson())!;
        var written = JsonNode.Parse((await host.ReadAsync("policy"))!)!["Statement"]!.AsArray();
        written.Should().HaveCount(3);
        Sorted(json["policy"]!["Statement"]!.AsArray()).Should().Equal(Sorted(written));

        var rule = (await tls.GetLifecycleConfigurationAsync(host.Bucket, _cancellationToken)).Configuration.Rules
            .Should().ContainSingle().Which;
        var expected = json["lifecycle"]!["Rules"]![0]!;
        (rule.Id, rule.Expiration.Days!.Value)
            .Should().Be((expected["ID"]!.GetValue<string>(), expected["Expiration"]!["Days"]!.GetValue<int>()));
        var cors = (await tls.GetCORSConfigurationAsync(host.Bucket, _cancellationToken)).Configuration.Rules
            .Should().ContainSingle().Which;
        cors.AllowedOrigins.Should().Equal(
            json["cors"]!["CORSRules"]![0]!["AllowedOrigins"]!.AsArray().Select(each => each!.GetValue<string>()));
        cors.AllowedHeaders.Select(each => each.ToUpperInvariant()).Should().Equal(
            json["cors"]!["CORSRules"]![0]!["AllowedHeaders"]!.AsArray().Select(each => each!.GetValue<string>().ToUpperInvariant()));
    }

    private static List<string> Sorted(JsonArray statements) =>
        [.. statements.Select(statement => statement!.ToJsonString()).Order(StringComparer.Ordinal)];

    private static List<string> Rules(string? text) =>
        [.. XElement.Parse(text!).Elements().Select(rule => rule.ToString(SaveOptions.DisableFormatting))];

    private static async Task<List<S3Object>> ObjectsAsync(TestHost host)
    {
        using var s3 = TestServers.NewS3Client();
        return (await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = host.Bucket }, _cancellationToken)).S3Objects ?? [];
    }

    private sealed class NoCredentials : Amazon.Runtime.AWSCredentials
    {
        public override Amazon.Runtime.ImmutableCredentials GetCredentials() =>
            throw new Amazon.Runtime.AmazonClientException("Failed to resolve AWS credentials.");
    }
}
