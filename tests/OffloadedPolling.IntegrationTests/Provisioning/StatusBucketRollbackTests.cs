using OffloadedPolling.IntegrationTests.Servers;
using static OffloadedPolling.Provisioning.ProvisioningState;

namespace OffloadedPolling.IntegrationTests.Provisioning;

/// <summary>Tests what remains after a setup that fails.</summary>
public sealed class StatusBucketRollbackTests : StatusBucketFaultTestBase
{
    private static readonly CancellationToken _cancellationToken = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ApplyAsync_WriteOutcomeUnknown_RevertsPart()
    {
        await using var host = await HostAsync();
        S3.AfterUpstream = context => context.Response.StatusCode = Is(context, "PUT", "cors") ? 500 : context.Response.StatusCode;

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        (report.State("Cors"), report.State("SignatureAge")).Should().Be((Failed, Applied));
        (await host.ReadAsync("cors")).Should().BeNull();
    }

    [Fact]
    public async Task ApplyAsync_ConnectionBreaks_RollsBackAndThrows()
    {
        await using var host = await HostAsync();
        S3.Intercept = context =>
        {
            if (Is(context, "PUT", "policy"))
            {
                context.Abort();
                return Task.FromResult(true);
            }

            return Task.FromResult(false);
        };

        await FluentActions.Awaiting(() => host.StatusBucket().ApplyAsync(_cancellationToken))
            .Should().ThrowExactlyAsync<OperationStoreException>();

        S3.Requests.Where(request => request is { Method: "PUT", StatusCode: 200 }).Should().NotBeEmpty();
        (await host.ReadAsync("lifecycle"), await host.ReadAsync("cors")).Should().Be(((string?)null, (string?)null));
    }

    [Fact]
    public async Task ApplyAsync_OtherRuleAddedMeanwhile_SurvivesRollback()
    {
        await using var host = await HostAsync();
        await using var other = await BucketHost.CreateAsync(bucket: host.Bucket);
        await other.WriteAsync("cors", $"<CORSConfiguration>{Theirs("first")}</CORSConfiguration>");
        var cors = false;
        S3.Intercept = async context =>
        {
            var wasPut = Is(context, "PUT", "cors");
            if (cors && wasPut)
            {
                cors = false;
            }
            else if (wasPut)
            {
                cors = true;
            }
            else if (cors
                && context.Request.Method == "GET" && context.Request.Path.Value!.Contains("bucket-probe-", StringComparison.Ordinal))
            {
                var now = (await other.ReadAsync("cors"))!;
                if (!now.Contains("second", StringComparison.Ordinal))
                {
                    await other.WriteAsync(
                        "cors", now.Replace("</CORSConfiguration>", $"{Theirs("second")}</CORSConfiguration>", StringComparison.Ordinal));
                }

                return await AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);
            }

            return false;
        };

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        (report.State("Cors"), report.State("SignatureAge")).Should().Be((RolledBack, RolledBack));
        var left = await host.ReadAsync("cors");
        left.Should().Contain("first");
        left.Should().Contain("second");
        left.Should().NotContain(Origin);

        static string Theirs(string id) =>
            $"<CORSRule><ID>{id}</ID><AllowedOrigin>https://{id}.example.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod></CORSRule>";
    }

    [Fact]
    public async Task ApplyAsync_ProbeFails_RollsBackAppliedParts()
    {
        await using var host = await HostAsync(settings: s3 => s3.AllowedIpRanges.Add("127.0.0.1/32"));
        S3.Intercept = context =>
            context.Request.Method == "GET" && context.Request.Path.Value!.Contains("bucket-probe-", StringComparison.Ordinal)
                ? AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403)
                : Task.FromResult(false);

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        report.ProbePassed.Should().BeFalse();
        report.Probe.Should().StartWith("Reading an object failed: AccessDenied");
        foreach (var part in (string[])["Expiry", "Cors", "SignatureAge", "Network"])
        {
            report.State(part).Should().Be(RolledBack, part);
            report.Part(part).Reason.Should().StartWith("Reading an object failed: AccessDenied");
        }

        (await host.ReadAsync("policy"), await host.ReadAsync("lifecycle"), await host.ReadAsync("cors")).Should().Be((null, null, null));
        host.Log.Entries.Should().Contain(entry => entry.Id == 506);
    }

    [Fact]
    public async Task ApplyAsync_OwnRuleChangedMeanwhile_IsNotRolledBack()
    {
        await using var host = await HostAsync();
        await using var other = await BucketHost.CreateAsync(bucket: host.Bucket);
        S3.Intercept = async context =>
        {
            if (context.Request.Method != "GET" || !context.Request.Path.Value!.Contains("bucket-probe-", StringComparison.Ordinal))
            {
                return false;
            }

            var now = (await other.ReadAsync("lifecycle"))!;
            await other.WriteAsync("lifecycle", now.Replace("<Days>1</Days>", "<Days>5</Days>", StringComparison.Ordinal));
            return await AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403);
        };

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        (report.State("Expiry"), report.State("Cors")).Should().Be((RollbackFailed, RolledBack));
        report.Part("Expiry").Reason.Should().StartWith("It was changed in the meantime").And.Contain("Restore it manually");
        (await host.ReadAsync("lifecycle")).Should().Contain("<Days>5</Days>");
    }

    [Fact]
    public async Task ApplyAsync_CanceledDuringProbe_DeletesProbeObject()
    {
        await using var host = await HostAsync();
        using var giveUp = new CancellationTokenSource();
        S3.Intercept = context =>
        {
            if (context.Request.Method != "GET" || !context.Request.Path.Value!.Contains("bucket-probe-", StringComparison.Ordinal))
            {
                return Task.FromResult(false);
            }

            giveUp.Cancel();
            context.Abort();
            return Task.FromResult(true);
        };

        await FluentActions.Awaiting(() => host.StatusBucket().ApplyAsync(giveUp.Token)).Should().ThrowAsync<OperationCanceledException>();

        S3.Requests.Should().Contain(request =>
            request.Method == "DELETE" && request.Path.Contains("bucket-probe-", StringComparison.Ordinal));
        using var s3 = TestServers.NewS3Client();
        ((await s3.ListObjectsV2Async(new() { BucketName = host.Bucket }, _cancellationToken)).S3Objects ?? []).Should().BeEmpty();
    }

    [Fact]
    public async Task ApplyAsync_ProbeObjectDeleteFails_IsReported()
    {
        await using var host = await HostAsync();
        S3.Intercept = context =>
            context.Request.Method == "DELETE" && context.Request.Path.Value!.Contains("bucket-probe-", StringComparison.Ordinal)
                ? AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403)
                : Task.FromResult(false);

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        report.ProbePassed.Should().BeTrue();
        report.Probe.Should().Contain("The object 'operations/bucket-probe-");
        host.Log.Entries.Should().ContainSingle(entry => entry.Id == 508);
    }

    [Fact]
    public async Task ApplyAsync_RollbackFails_IsReported()
    {
        await using var host = await HostAsync(parts => parts.BlockPublicAccess = true);
        S3.Intercept = context => Is(context, "DELETE", "publicAccessBlock")
            || Is(context, "PUT", "publicAccessBlock") && S3.Requests.Any(request => request.StatusCode == 403)
            ? AwsAnswers.XmlErrorAsync(context, "AccessDenied", 403)
            : Task.FromResult(false);

        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        report.State("BlockPublicAccess").Should().Be(RollbackFailed);
        report.Part("BlockPublicAccess").Reason.Should().Contain("Restore it manually");
        report.ProbePassed.Should().BeFalse();
        host.Log.Entries.Should().Contain(entry => entry.Id == 507);
    }

    [Fact]
    public async Task ApplyAsync_PartialBlockPublicAccess_IsRestoredOnRollback()
    {
        const string InPart = "<BlockPublicPolicy>true</BlockPublicPolicy>";
        await using var host = await HostAsync(parts => parts.BlockPublicAccess = true);
        await host.WriteAsync("publicAccessBlock", $"<PublicAccessBlockConfiguration>{InPart}</PublicAccessBlockConfiguration>");
        var before = await host.ReadAsync("publicAccessBlock");

        var check = (await host.StatusBucket().CheckAsync(_cancellationToken)).Part("BlockPublicAccess");
        var report = await host.StatusBucket().ApplyAsync(_cancellationToken);

        (check.State, check.Actual).Should().Be((Different, "BlockPublicPolicy"));
        report.State("BlockPublicAccess").Should().Be(RolledBack);
        before.Should().Contain(InPart);
        (await host.ReadAsync("publicAccessBlock")).Should().Be(before);
    }
}
