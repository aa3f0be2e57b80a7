using Microsoft.AspNetCore.Http;
using OffloadedPolling.IntegrationTests.Servers;
using static OffloadedPolling.Provisioning.ProvisioningState;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>Tests the bucket setup with S3's error responses, and with features that Ceph's gateway does not have.</summary>
public sealed class StatusBucketUnderFaultsTests : StatusBucketFaultTestBase
{
    private static readonly CancellationToken _cancellationToken = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ApplyAsync_WriteIsDenied_NamesPermissionAndAppliesRest()
    {
        await using var host = await HostAsync();
        S3.Intercept = context =>
            Is(context, "PUT", "cors") ? AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403) : Task.FromResult(false);

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        (report.State("Cors"), report.State("Expiry"), report.State("SignatureAge")).Should().Be((Failed, Applied, Applied));
        report.Part("Cors").Reason.Should().Contain("Grant s3:PutBucketCORS, or switch the part off");
    }

    [Theory]
    [InlineData("AccessDenied", 403, "Grant s3:GetLifecycleConfiguration")]
    [InlineData("NoSuchThing", 404, "NoSuchThing")]
    public async Task ApplyAsync_LifecycleReadFails_DoesNotOverwriteIt(string code, int status, string expected)
    {
        await using var host = await HostAsync();
        S3.Intercept = context =>
            Is(context, "GET", "lifecycle") ? AwsAnswers.XmlErrorAsync(context, code, status) : Task.FromResult(false);

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);
        S3.Intercept = null;

        (report.State("Expiry"), report.State("Cors")).Should().Be((Failed, Applied));
        report.Part("Expiry").Reason.Should().Contain(expected);
        (await host.ReadAsync("lifecycle")).Should().BeNull();
    }

    [Fact]
    public async Task CheckAsync_PartIsOffAndReadIsDenied_ReportsOff()
    {
        await using var host = await HostAsync(parts => (parts.Expiry, parts.NoncurrentExpiry) = (false, false));
        S3.Intercept = context =>
            Is(context, "GET", "lifecycle") ? AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403) : Task.FromResult(false);

        var report = await host.StatusBucket().CheckAsync(_cancellationToken);

        report.State("Expiry").Should().Be(Off);
        report.Part("Expiry").Reason.Should().Be("It is switched off.");
    }

    [Theory]
    [InlineData("versioning", "NoncurrentExpiry", "Grant s3:GetBucketVersioning,")]
    [InlineData("policyStatus", "BlockPublicAccess", "Grant s3:GetBucketPolicyStatus,")]
    public async Task CheckAsync_RelatedReadIsDenied_NamesPermission(string resource, string part, string expected)
    {
        await using var host = await HostAsync(parts => parts.BlockPublicAccess = true);
        S3.Intercept = context =>
            Is(context, "GET", resource) ? AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403) : Task.FromResult(false);

        var report = await host.StatusBucket().CheckAsync(_cancellationToken);

        report.State(part).Should().Be(Failed);
        report.Part(part).Reason.Should().Contain(expected);
    }

    [Fact]
    public async Task ApplyAsync_LifecycleHasMinimumObjectSize_KeepsIt()
    {
        await using var host = await HostAsync();
        await host.WriteAsync("lifecycle", """
            <LifecycleConfiguration><Rule><ID>theirs</ID><Filter><Prefix>logs/</Prefix></Filter>
            <Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>
            """);
        S3.AfterUpstream = context =>
        {
            if (Is(context, "GET", "lifecycle"))
            {
                context.Response.Headers["x-amz-transition-default-minimum-object-size"] = "varies_by_storage_class";
            }
        };

        (await host.StatusBucket().ApplyAsync(_cancellationToken)).State("Expiry").Should().Be(Applied);

        S3.Requests.Should().Contain(request => request.Method == "PUT"
            && request.Headers.GetValueOrDefault("x-amz-transition-default-minimum-object-size") == "varies_by_storage_class");
    }

    [Fact]
    public async Task ApplyAsync_OnlyPresignedReadsAreDenied_KeepsNetwork()
    {
        // As on AWS, the policy denies only presigned requests.
        string? policy = null;
        S3.Intercept = async context =>
        {
            if (Is(context, "PUT", "policy"))
            {
                using var body = new StreamReader(context.Request.Body);
                policy = await body.ReadToEndAsync();
                context.Response.StatusCode = 204;
                return true;
            }

            if (Is(context, "GET", "policy") && policy is not null)
            {
                await context.Response.WriteAsync(policy);
                return true;
            }

            return policy is not null
                && context.Request.Query.ContainsKey("X-Amz-Signature") && await AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);
        };
        await using var host = await HostAsync(parts => parts.SignatureAge = false, s3 => s3.AllowedIpRanges.Add("203.0.113.0/24"));

        var first = await host.StatusBucket().ApplyAsync(_cancellationToken);
        var second = await host.StatusBucket().ApplyAsync(_cancellationToken);

        (first.State("Network"), second.State("Network")).Should().Be((Applied, InSync));
        (first.ProbePassed, second.ProbePassed).Should().Be(((bool?)true, (bool?)true));
        first.Probe.Should().Contain("A presigned read from this machine does not");
        policy.Should().Contain("203.0.113.0/24");
    }

    [Fact]
    public async Task ApplyAsync_BucketIsPublic_FailsBlockPublicAccess()
    {
        await using var host = await HostAsync(parts => parts.BlockPublicAccess = true);
        S3.Intercept = async context =>
        {
            if (!Is(context, "GET", "policyStatus"))
            {
                return false;
            }

            await context.Response.WriteAsync(
                "<PolicyStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsPublic>TRUE</IsPublic></PolicyStatus>");
            return true;
        };

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        (report.State("BlockPublicAccess"), report.State("Expiry")).Should().Be((Failed, Applied));
        report.Part("BlockPublicAccess").Reason.Should().Contain("grants public access");
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><br></html>")]
    public async Task CheckAsync_BlockPublicAccessIsNotXml_FailsOnlyThisPart(string body)
    {
        await using var host = await HostAsync(parts => parts.BlockPublicAccess = true);
        S3.Intercept = async context =>
        {
            if (!Is(context, "GET", "publicAccessBlock"))
            {
                return false;
            }

            await context.Response.WriteAsync(body);
            return true;
        };

        var report = await host.StatusBucket().CheckAsync(_cancellationToken);

        (report.State("BlockPublicAccess"), report.State("Expiry")).Should().Be((Failed, Missing));
        report.Part("BlockPublicAccess").Reason.Should().StartWith("The bucket's publicAccessBlock is not XML: ");
    }

    [Fact]
    public async Task CheckAsync_KmsEncryption_IsInSync()
    {
        await using var host = await HostAsync(parts => parts.Encryption = true);
        S3.Intercept = async context =>
        {
            if (!Is(context, "GET", "encryption"))
            {
                return false;
            }

            await context.Response.WriteAsync(
                "<ServerSideEncryptionConfiguration "
                + "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ApplyServerSideEncryptionByDefault>"
                + "<SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>");
            return true;
        };

        var part = (await host.StatusBucket().CheckAsync(_cancellationToken)).Part("Encryption");

        (part.State, part.Actual).Should().Be((InSync, "aws:kms"));
    }

    [Fact]
    public async Task ApplyAsync_SecondRun_WritesOnlyProbeObject()
    {
        await using var host = await HostAsync();
        await host.StatusBucket().ApplyAsync(_cancellationToken);
        var before = S3.Requests.Count;

        await host.StatusBucket().ApplyAsync(_cancellationToken);

        // Only the probe object is written.
        S3.Requests.Skip(before).Where(request => request.Method != "GET")
            .Should().AllSatisfy(request => request.Path.Should().Contain("/operations/bucket-probe-"));
    }
}
