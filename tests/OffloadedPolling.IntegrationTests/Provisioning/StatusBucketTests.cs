using System.Text.Json.Nodes;
using Amazon.S3.Model;
using OffloadedPolling.Provisioning;
using OffloadedPolling.IntegrationTests.Servers;
using static OffloadedPolling.Provisioning.StatusBucketPartState;

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
            Assert.Equal((Missing, Applied, AsItShouldBe), (check.State(part), first.State(part), second.State(part)));
        }

        Assert.Equal(LeftOut, first.State("TlsOnly"));
        Assert.Contains("http://", first.Part("TlsOnly").Reason, StringComparison.Ordinal);
        Assert.Equal((Off, AsItShouldBe, Off), (first.State("Transitions"), first.State("NoncurrentExpiry"), first.State("Network")));
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
    public async Task ApplyAsync_PartsThatTheServerCannotDo_AreRefusedOrTakenBackAndTheOthersStand()
    {
        await using var host = await BucketHost.CreateAsync(switches: parts => (parts.Encryption, parts.BlockPublicAccess) = (true, true));

        var report = await host.StatusBucket().ApplyAsync(_cancel);

        // Ceph's gateway takes BlockPublicAcls and then refuses every object, since it takes each for public.
        Assert.Equal((Refused, Undone), (report.State("Encryption"), report.State("BlockPublicAccess")));
        Assert.Contains("Writing an object failed: AccessDenied", report.Part("BlockPublicAccess").Reason, StringComparison.Ordinal);
        Assert.Equal((Applied, Applied), (report.State("Expiry"), report.State("SignatureAge")));
        Assert.True(report.ProbePassed, report.ToString());
        Assert.Equal(OperationState.NotStarted, (await host.PlaceDocumentAsync()).State);
        Assert.Contains(host.Log.Entries, entry => entry.Id == 502 && entry.Text.Contains("Encryption", StringComparison.Ordinal));
        Assert.Contains(host.Log.Entries, entry => entry.Id == 503 && entry.Text.Contains("BlockPublicAccess", StringComparison.Ordinal));
        Assert.Contains(host.Log.Entries, entry => entry.Id == 504 && entry.Text.Contains("TlsOnly", StringComparison.Ordinal));
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
        var (lifecycle, cors) = (Rules(await host.ReadAsync("lifecycle"), RuleListKind.Lifecycle), Rules(await host.ReadAsync("cors"), RuleListKind.Cors));

        var report = await host.StatusBucket().ApplyAsync(_cancel);

        Assert.True(report.IsAsItShouldBe || report.State("TlsOnly") == LeftOut, report.ToString());
        Assert.Equal(lifecycle[0], Rules(await host.ReadAsync("lifecycle"), RuleListKind.Lifecycle).Single(rule => rule.Contains("theirs", StringComparison.Ordinal)));
        Assert.Equal(cors[0], Rules(await host.ReadAsync("cors"), RuleListKind.Cors).Single(rule => rule.Contains("theirs", StringComparison.Ordinal)));
        Assert.Equal(2, Rules(await host.ReadAsync("lifecycle"), RuleListKind.Lifecycle).Count);
    }

    [Fact]
    public async Task ApplyAsync_TwoHostsWithPrefixesOfTheirOwn_BothStand()
    {
        await using var one = await BucketHost.CreateAsync();
        await using var two = await BucketHost.CreateAsync(s3 => s3.KeyPrefix = "others/", bucket: one.Bucket, options: polling => polling.Retention = TimeSpan.FromHours(30));

        await one.StatusBucket().ApplyAsync(_cancel);
        await two.StatusBucket().ApplyAsync(_cancel);

        Assert.Equal((AsItShouldBe, AsItShouldBe), ((await one.StatusBucket().CheckAsync(_cancel)).State("Expiry"), (await two.StatusBucket().CheckAsync(_cancel)).State("Expiry")));
        Assert.Equal(AsItShouldBe, (await one.StatusBucket().CheckAsync(_cancel)).State("SignatureAge"));
        Assert.Equal(["<Days>1</Days>", "<Days>2</Days>"], Rules(await one.ReadAsync("lifecycle"), RuleListKind.Lifecycle)
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
        Assert.Contains("<Days>3</Days>", Assert.Single(Rules(await after.ReadAsync("lifecycle"), RuleListKind.Lifecycle)), StringComparison.Ordinal);
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

        Assert.Equal((Applied, AsItShouldBe), (first.State("NoncurrentExpiry"), second.State("NoncurrentExpiry")));
        Assert.Contains("<NoncurrentDays>1</NoncurrentDays>", await host.ReadAsync("lifecycle"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApplyAsync_ABucketThatCannotBeWrittenTo_AppliesNothingAndSaysSo()
    {
        await using var host = await BucketHost.CreateAsync();
        await host.WriteAsync("policy", $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::{{host.Bucket}}/*"}]}""");
        var policy = await host.ReadAsync("policy");

        var report = await host.StatusBucket().ApplyAsync(_cancel);

        Assert.False(report.ProbePassed);
        Assert.Contains("before anything was applied", report.Probe, StringComparison.Ordinal);
        Assert.Equal(Missing, report.State("Expiry"));
        Assert.Equal((policy, null), (await host.ReadAsync("policy"), await host.ReadAsync("lifecycle")));
        Assert.Contains(host.Log.Entries, entry => entry.Id == 506);
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
            Assert.Contains("in force until ApplyAsync removes it", check.Part(part).Reason, StringComparison.Ordinal);
            Assert.Contains("was removed", first.Part(part).Reason, StringComparison.Ordinal);
        }

        Assert.Contains("127.0.0.0/8", check.Part("Network").Is, StringComparison.Ordinal);
        Assert.Equal((Off, Off), (check.State("BlockPublicAccess"), check.State("Encryption")));
        Assert.Equal((true, true), (first.ProbePassed, second.ProbePassed));
        Assert.Equal((null, null), (await after.ReadAsync("policy"), await after.ReadAsync("cors")));
        Assert.Contains("theirs", Assert.Single(Rules(await after.ReadAsync("lifecycle"), RuleListKind.Lifecycle)), StringComparison.Ordinal);
        Assert.DoesNotContain(after.Log.Entries, entry => entry.Id == 505);
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_AnHttpClientOfTheHostsFactory_IsDisposedAsTheFactorySays(bool disposes)
    {
        using var handler = new HttpClientHandler { UseProxy = false };
        using var http = new HttpClient(handler, disposeHandler: false);
        using var client = new Amazon.S3.AmazonS3Client(TestServers.Credentials, new Amazon.S3.AmazonS3Config
        {
            ServiceURL = TestServers.S3.ToString(), AuthenticationRegion = TestServers.Region, ForcePathStyle = true, HttpClientFactory = new OneHttpClient(http, disposes),
        });
        var host = await BucketHost.CreateAsync(client: client);
        await host.StatusBucket().CheckAsync(_cancel);

        await host.DisposeAsync();

        var read = await Record.ExceptionAsync(() => http.GetAsync(TestServers.S3, _cancel));
        Assert.Equal(disposes, read is ObjectDisposedException);
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

        Assert.True(report.IsAsItShouldBe, report.ToString());
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

    private static List<string> Rules(string? text, RuleListKind kind) => [.. RuleList.Parse(text, kind).Rules.Select(rule => rule.ToString(System.Xml.Linq.SaveOptions.DisableFormatting))];

    private static async Task<List<S3Object>> ObjectsAsync(TestHost host)
    {
        using var s3 = TestServers.NewS3Client();
        return (await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = host.Bucket }, _cancel)).S3Objects ?? [];
    }

    private sealed class NoCredentials : Amazon.Runtime.AWSCredentials
    {
        public override Amazon.Runtime.ImmutableCredentials GetCredentials() => throw new Amazon.Runtime.AmazonClientException("There are none.");
    }

    private sealed class OneHttpClient(HttpClient http, bool disposes) : Amazon.Runtime.HttpClientFactory
    {
        public override HttpClient CreateHttpClient(Amazon.Runtime.IClientConfig clientConfig) => http;

        public override bool UseSDKHttpClientCaching(Amazon.Runtime.IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(Amazon.Runtime.IClientConfig clientConfig) => disposes;
    }
}
