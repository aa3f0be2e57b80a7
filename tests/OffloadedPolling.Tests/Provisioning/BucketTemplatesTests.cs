using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Options;
using OffloadedPolling.Provisioning;
using OffloadedPolling.S3;

namespace OffloadedPolling.Tests.Provisioning;

/// <summary>Tests the bucket's plan as CloudFormation and as input of the AWS CLI.</summary>
public sealed class BucketTemplatesTests
{
    private static readonly Uri _endpoint = new("https://s3.example.com");

    [Fact]
    public void ToCloudFormationAndToCli_AreEquivalent()
    {
        var plan = Plan();
        var properties = BucketTemplates.ToCloudFormation(plan)["Resources"]!["StatusBucket"]!["Properties"]!;
        var policy = BucketTemplates.ToCloudFormation(plan)["Resources"]!["StatusBucketPolicy"]!["Properties"]!["PolicyDocument"]!;
        var cli = BucketTemplates.ToCli(plan);

        JsonNode.DeepEquals(cli["policy"], policy).Should().BeTrue();
        JsonNode.DeepEquals(cli["publicAccessBlock"], properties["PublicAccessBlockConfiguration"]).Should().BeTrue();
        properties["BucketEncryption"]!["ServerSideEncryptionConfiguration"]![0]!["ServerSideEncryptionByDefault"]!["SSEAlgorithm"]!
            .GetValue<string>().Should().Be("AES256");
        cli["encryption"]!["Rules"]![0]!["ApplyServerSideEncryptionByDefault"]!["SSEAlgorithm"]!.GetValue<string>().Should().Be("AES256");

        var rules = properties["LifecycleConfiguration"]!["Rules"]!.AsArray();
        var cliRules = cli["lifecycle"]!["Rules"]!.AsArray();
        rules.Should().HaveCount(3);
        rules.Select(rule => rule!["Id"]!.GetValue<string>()).Should().Equal(cliRules.Select(rule => rule!["ID"]!.GetValue<string>()));
        rules[0]!["ExpirationInDays"]!.GetValue<int>().Should().Be(365);
        cliRules[0]!["Expiration"]!["Days"]!.GetValue<int>().Should().Be(365);
        rules[1]!["ObjectSizeGreaterThan"]!.GetValue<string>().Should().Be("200000");
        cliRules[1]!["Filter"]!["And"]!["ObjectSizeGreaterThan"]!.GetValue<int>().Should().Be(200000);
        rules[1]!["Transitions"]![0]!["TransitionInDays"]!.GetValue<int>().Should().Be(30);
        cliRules[1]!["Transitions"]![0]!["Days"]!.GetValue<int>().Should().Be(30);
        rules[2]!["ExpiredObjectDeleteMarker"]!.GetValue<bool>().Should().BeTrue();
        cliRules[2]!["NoncurrentVersionExpiration"]!["NoncurrentDays"]!.GetValue<int>().Should().Be(1);

        var cors = properties["CorsConfiguration"]!["CorsRules"]![0]!;
        var cliCors = cli["cors"]!["CORSRules"]![0]!;
        JsonNode.DeepEquals(cliCors["AllowedOrigins"], cors["AllowedOrigins"]).Should().BeTrue();
        JsonNode.DeepEquals(cliCors["ExposeHeaders"], cors["ExposedHeaders"]).Should().BeTrue();
        JsonNode.DeepEquals(cliCors["MaxAgeSeconds"], cors["MaxAge"]).Should().BeTrue();
    }

    [Fact]
    public void LifecycleRules_XmlJsonAndCloudFormation_AreEquivalent()
    {
        var rules = Plan(transitions: [("GLACIER_IR", 5), ("DEEP_ARCHIVE", 99)]).ToInput()["lifecycle"]!["Rules"]!.AsArray();

        rules.Should().HaveCount(3);
        foreach (var rule in rules)
        {
            // CloudFormation uses other names for some members, and has neither Filter nor And.
            var xml = Leaves(XElement.Parse(SharedDocument.Lifecycle.ToText(rule!.AsObject()))).ToList();
            var expected = xml.Select(leaf => leaf.Path switch
            {
                "ID" => ("Id", leaf.Value),
                "Filter.Prefix" or "Filter.And.Prefix" => ("Prefix", leaf.Value),
                "Filter.And.ObjectSizeGreaterThan" => ("ObjectSizeGreaterThan", leaf.Value),
                "Transitions.Days" => ("Transitions.TransitionInDays", leaf.Value),
                "Expiration.Days" => ("ExpirationInDays", leaf.Value),
                "Expiration.ExpiredObjectDeleteMarker" => ("ExpiredObjectDeleteMarker", leaf.Value),
                _ => leaf,
            });
            Leaves(rule).Should().BeEquivalentTo(xml);
            Leaves(BucketTemplates.ToCloudFormation(rule)).Should().BeEquivalentTo(expected);
        }
    }

    private static IEnumerable<(string Path, string Value)> Leaves(XElement element, string path = "") =>
        element.Elements().SelectMany(child =>
        {
            var name = path + (child.Name.LocalName == "Transition" ? "Transitions" : child.Name.LocalName);
            return child.HasElements ? Leaves(child, name + ".") : [(name, child.Value)];
        });

    private static IEnumerable<(string Path, string Value)> Leaves(JsonNode? node, string path = "") => node switch
    {
        JsonObject fields => fields.SelectMany(field => Leaves(field.Value, path.Length == 0 ? field.Key : $"{path}.{field.Key}")),
        JsonArray several => several.SelectMany(each => Leaves(each, path)),
        _ => [(path, node!.ToString())],
    };

    [Fact]
    public void ToCloudFormation_RetainsBucketOnStackDeletion() =>
        BucketTemplates.ToCloudFormation(Plan())["Resources"]!.AsObject().Should().AllSatisfy(resource =>
            (resource.Value!["DeletionPolicy"]!.GetValue<string>(), resource.Value["UpdateReplacePolicy"]!.GetValue<string>())
                .Should().Be(("Retain", "Retain")));

    [Fact]
    public void Templates_SettingsInAnotherOrder_AreUnchanged()
    {
        var (one, other) = (Plan(), Plan(s3 => ReverseAll(s3)));

        CloudFormation.ToText(BucketTemplates.ToCloudFormation(other))
            .Should().Be(CloudFormation.ToText(BucketTemplates.ToCloudFormation(one)));
        CloudFormation.ToText(BucketTemplates.ToCli(other)).Should().Be(CloudFormation.ToText(BucketTemplates.ToCli(one)));
    }

    [Fact]
    public void Policy_CoversOnlyThePrefixExceptForTls()
    {
        var statements = BucketTemplates.ToCli(Plan(partition: "aws-cn"))["policy"]!["Statement"]!.AsArray();

        statements.Should().HaveCount(3);
        foreach (var statement in statements.Where(statement => statement!["Sid"]!.GetValue<string>() != BucketPlan.TlsOnlySid))
        {
            statement!["Resource"]!.AsArray()
                .Should().ContainSingle().Which!.GetValue<string>().Should().Be("arn:aws-cn:s3:::status/operations/*");
            statement["Condition"]!["StringEqualsIfExists"]!["s3:authType"]!.GetValue<string>().Should().Be("REST-QUERY-STRING");
        }

        var tls = statements.Single(statement => statement!["Sid"]!.GetValue<string>() == BucketPlan.TlsOnlySid)!;
        tls["Resource"]!.AsArray().Select(each => each!.GetValue<string>())
            .Should().Equal("arn:aws-cn:s3:::status", "arn:aws-cn:s3:::status/*");
        tls["Condition"]!["BoolIfExists"]!["aws:SecureTransport"]!.GetValue<string>().Should().Be("false");
    }

    [Theory]
    [InlineData("00:00:30", "120000")]
    [InlineData("01:00:00", "3600000")]
    [InlineData("7.00:00:00", "604800000")]
    public void SignatureAge_IsMaxUrlLifetimeButAtLeastTwoMinutes(string lifetime, string expected)
    {
        var statements = BucketTemplates.ToCli(Plan(options: polling => polling.MaxUrlLifetime = TimeSpan.Parse(
            lifetime, System.Globalization.CultureInfo.InvariantCulture)))["policy"]!["Statement"]!.AsArray();

        statements.Select(statement => statement!["Condition"]!["NumericGreaterThan"]?["s3:signatureAge"]?.GetValue<string>())
            .OfType<string>().Should().ContainSingle().Which.Should().Be(expected);
    }

    [Theory]
    [InlineData("00:01:00", 1)]
    [InlineData("1.00:00:00", 1)]
    [InlineData("1.00:00:01", 2)]
    public void Expiry_IsRoundedUpToWholeDays(string retention, int days) =>
        BucketPlan.DaysOf(TimeSpan.Parse(retention, System.Globalization.CultureInfo.InvariantCulture)).Should().Be(days);

    [Fact]
    public void Templates_OverHttp_OmitTlsOnlyWithNote()
    {
        var plan = Plan(isHttp: true);

        BucketTemplates.ToCli(plan)["policy"]!.ToJsonString().Should().NotContain(BucketPlan.TlsOnlySid);
        BucketTemplates.ToCloudFormation(plan)["Metadata"]!["Notes"]!.ToJsonString().Should().Contain("TlsOnly is skipped");
        BucketTemplates.ToCli(plan)["notes"]!.ToJsonString().Should().Contain("TlsOnly is skipped");
    }

    [Fact]
    public void ToCloudFormation_OverHttp_PutsNotesInMetadata()
    {
        var template = BucketTemplates.ToCloudFormation(Plan(isHttp: true));

        Encoding.UTF8.GetByteCount(template["Description"]!.GetValue<string>()).Should().BeLessThanOrEqualTo(1024);
        template.Select(member => member.Key).Should().Equal("AWSTemplateFormatVersion", "Description", "Metadata", "Resources");
    }

    [Fact]
    public void ToCloudFormation_WithoutWarnings_HasNoNotes()
    {
        var template = BucketTemplates.ToCloudFormation(Plan());

        template.Select(member => member.Key).Should().Equal("AWSTemplateFormatVersion", "Description", "Resources");
    }

    [Fact]
    public void Templates_EverythingOff_ContainOnlyTheBucket()
    {
        var off = new StatusBucketOptions
        {
            BlockPublicAccess = false, TlsOnly = false, SignatureAge = false, Network = false, Cors = false, Expiry = false,
            NoncurrentExpiry = false, Encryption = false,
        };

        var plan = NewPlan("aws", _endpoint, new S3Options(), off, new OffloadedPollingOptions());

        BucketTemplates.ToCli(plan).Should().BeEmpty();
        BucketTemplates.ToCloudFormation(plan)["Resources"]!.AsObject()
            .Should().ContainSingle().Which.Value!["Properties"]!.ToJsonString().Should().Be("""{"BucketName":"status"}""");
    }

    [Fact]
    public void RuleIdsAndSids_AnyPrefix_AreValidAndUnique()
    {
        var (one, other) = (new string('a', 899) + "/", new string('a', 898) + "b/");

        BucketPlan.RuleId("transitions", one).Length.Should().BeInRange(1, 255);
        BucketPlan.RuleId("expiry", other).Should().NotBe(BucketPlan.RuleId("expiry", one));
        BucketPlan.Sid("Network", "ab/").Should().NotBe(BucketPlan.Sid("Network", "a/b/"));
        BucketPlan.Sid("Network", "a-b_c.d/").Should().MatchRegex("^[A-Za-z0-9]+$");
    }

    private static BucketPlan Plan(
        Action<S3Options>? s3 = null, bool isHttp = false, string partition = "aws", Action<OffloadedPollingOptions>? options = null,
        (string StorageClass, int AfterDays)[]? transitions = null)
    {
        var settings = new S3Options { BucketName = "status" };
        foreach (var origin in (string[])["https://shop.example.com", "http://localhost:5080"])
        {
            settings.AllowedOrigins.Add(origin);
        }

        foreach (var range in (string[])["203.0.113.0/24", "2001:db8::/32"])
        {
            settings.AllowedIpRanges.Add(range);
        }

        settings.AllowedVpcEndpoints.Add("vpce-1a2b3c4d");
        s3?.Invoke(settings);
        var switches = new StatusBucketOptions { TransitionsAboveBytes = 200_000 };
        foreach (var (storageClass, days) in transitions ?? [("STANDARD_IA", 30)])
        {
            switches.Transitions.Add(new() { StorageClass = storageClass, AfterDays = days });
        }

        var polling = new OffloadedPollingOptions { Retention = TimeSpan.FromDays(365), MaxDocumentBytes = 1024 * 1024 };
        options?.Invoke(polling);
        return NewPlan(partition, isHttp ? new Uri("http://s3.example.com") : _endpoint, settings, switches, polling);
    }

    private static BucketPlan NewPlan(
        string partition, Uri endpoint, S3Options s3, StatusBucketOptions switches, OffloadedPollingOptions polling)
    {
        s3.BucketName = "status";
        var client = new AmazonS3Client(new AnonymousAWSCredentials(), new AmazonS3Config
        {
            ServiceURL = endpoint.ToString(),
            AuthenticationRegion = partition == "aws" ? "eu-west-1" : "cn-north-1",
            ForcePathStyle = true,
        });
        return new BucketPlan(new(new S3Connection(Options.Create(s3), client)), s3, switches, polling);
    }

    private static void ReverseAll(S3Options s3)
    {
        foreach (var list in (IList<string>[])[s3.AllowedOrigins, s3.AllowedIpRanges])
        {
            var reversed = list.Reverse().ToList();
            list.Clear();
            reversed.ForEach(list.Add);
        }
    }
}
