using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Conformance;
using OffloadedPolling.Tests.Shared;
using OffloadedPolling.Tests.Sqlite;

namespace OffloadedPolling.Tests.Fuzzing;

/// <summary>Checks that altered URLs, keys and tokens give access to the same operation or to nothing.</summary>
public sealed class FuzzedUrlsTests
{
    [Fact]
    public async Task SignedStatusUrl_Altered_IsRejected()
    {
        await using var provider = new SqliteProvider();
        await using var host = await ConformanceHost.StartAsync(provider);
        var route = host.Services.GetRequiredService<ISignedStatusRoute>();
        var signed = new Uri((await host.Issuer.IssueAsync(TestDocuments.Id, TimeSpan.FromHours(1), default)).Value).Query;

        await Fuzz.Run(percent: 15, seed: 2_000_000, random =>
        {
            var query = random.Next(4) == 0 ? signed : Mutation.OfText(signed, random);
            var id = random.Next(4) > 0 ? TestDocuments.Id : Mutation.OfText(TestDocuments.Id, random);

            var validity = route.Check(id, query);

            (validity == StatusUrlValidity.Valid).Should().Be(query == signed && id == TestDocuments.Id);
            validity.Should().NotBe(StatusUrlValidity.Expired);
            return validity == StatusUrlValidity.Valid;
        });
    }

    [Fact]
    public Task StatusUrl_Altered_PrintsWithoutQuery() => Fuzz.Run(percent: 5, seed: 3_000_000, random =>
    {
        const string Signature = "X-Amz-Signature=0123456789abcdef";
        var url = "h" + Mutation.OfText($"ttps://s3.example/bucket/key?X-Amz-Credential=AKID&{Signature}", random);
        var isUrl = url.Contains('?', StringComparison.Ordinal);

        var printed = new StatusUrl(url, default).ToString();

        printed.Should().Be(isUrl ? url[..url.IndexOf('?', StringComparison.Ordinal)] + "?(withheld)" : url);
        return HttpUrl.Parse(url) is { } parsed && parsed.OriginalString == url;
    });

    [Fact]
    public Task ResumeToken_Altered_IsParsedOrRejected() => Fuzz.Run(percent: 5, seed: 4_000_000, random =>
    {
        var options = new OperationPollerOptions { HostAddress = new Uri("https://host.example") };
        using var poller = new OperationPoller(options);
        var token = poller.GetResumeToken(new AcceptedOperation
        {
            Id = TestDocuments.Id,
            Status = OperationState.NotStarted,
            StatusUrl = "https://s3.example/key?X-Amz-Signature=01",
            StatusUrlExpiresAt = DateTimeOffset.UnixEpoch,
            OperationUrl = "/operations/1",
            RetryAfter = TimeSpan.Zero,
        });
        var found = random.Next(3) == 0 ? token : Mutation.OfText(token, random);
        try
        {
            var read = ResumeToken.Parse(found);
            (read is { Id.Length: > 0, Version: ResumeToken.CurrentVersion }
                && HttpUrl.Parse(read.OperationUrl ?? read.StatusUrl) is not null).Should().BeTrue();
            return true;
        }
        catch (FormatException refused)
        {
            found.Should().NotBe(token, "an unaltered token was rejected");
            refused.Message.Should().NotContain("Signature");
            return false;
        }
    });

    [Fact]
    public async Task StatusKey_Altered_ReturnsItsIdOrNull()
    {
        await using var services = S3Services();
        var store = services.GetRequiredService<IOperationStatusStore>();
        var key = store.GetStatusKey(TestDocuments.Id);

        await Fuzz.Run(percent: 5, seed: 5_000_000, random =>
        {
            var found = random.Next(3) == 0 ? key : Mutation.OfText(key, random);

            var id = store.GetOperationId(found);

            (id is null ? found != key : store.GetStatusKey(id) == found && id.Length == 32 && id.All(char.IsAsciiHexDigitLower))
                .Should().BeTrue();
            return id is not null;
        });
    }

    private static ServiceProvider S3Services()
    {
        var services = new ServiceCollection().AddLogging(RecordingLogger.Watch);
        services.AddOffloadedPolling().WithS3(s3 => s3.BucketName = "bucket");
        return services.BuildServiceProvider();
    }
}
