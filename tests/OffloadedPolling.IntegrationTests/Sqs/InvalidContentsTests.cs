using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Sqs;

/// <summary>Tests payloads that SQS rejects because of their characters.</summary>
public sealed class InvalidContentsTests : IAsyncLifetime
{
    private RecordingProxy _sqs = null!;

    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        _host = await TestHost.CreateAsync(sqs: _sqs.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _sqs.DisposeAsync();
    }

    [Fact]
    public async Task SendAsync_InvalidCharacters_ThrowsInvalidPayload()
    {
        var message = new OutgoingMessage { Body = "\"secret\uFFFF\"", StatusKey = "operations/x.json" };

        var refused = (await _host.Queue.Invoking(queue => queue.SendAsync("parcels", message, default))
            .Should().ThrowAsync<InvalidPayloadException>()).Which;

        refused.Position.Should().BeNull();
        refused.Message.Should().Contain("'parcels'").And.NotContain("secret");
    }

    [Theory]
    [InlineData(null, "not-sent")]
    [InlineData("0123456789abcdef", "payload-refused")]
    public async Task AcceptAsync_SqsRejectsCharacters_EndsDocument(string? key, string problem)
    {
        _sqs.Intercept = context =>
            AwsAnswers.Is(context, "SendMessage") ? AwsAnswers.ErrorAsync(context, "InvalidMessageContents") : Task.FromResult(false);
        var options = new AcceptOptions { IdempotencyKey = key, IdempotencyScope = "ada" };

        await _host.Operations.Invoking(operations => operations.AcceptAsync(new Parcel("Ada"), options))
            .Should().ThrowAsync<InvalidPayloadException>();

        using var s3 = TestServers.NewS3Client();
        var stored = (await s3.ListObjectsV2Async(new() { BucketName = _host.Bucket })).S3Objects.Should().ContainSingle().Which.Key;
        var status = await _host.Operations.GetAsync(_host.Store.GetOperationId(stored)!);
        status!.State.Should().Be(OperationState.Failed);
        status.Error!.Type.Should().EndWith(problem);
    }
}
