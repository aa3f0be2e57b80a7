using Amazon.S3.Model;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Tests the witness, because one that misses writes would let every run pass.</summary>
[Collection(ReliabilityRuns.Name)]
public sealed class WriteWitnessTests : IAsyncLifetime
{
    private WriteWitness _witness = null!;

    private TestHost _host = null!;

    private StoredOperation _newest = null!;

    public async ValueTask InitializeAsync()
    {
        _witness = await WriteWitness.StartAsync();
        _host = await TestHost.CreateAsync(s3: _witness.Address);
        _newest = await _host.Store.CreateAsync(TestDocuments.Waiting(), OperationMetadata.Empty, default);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _witness.DisposeAsync();
    }

    [Fact]
    public async Task Flaws_OneEnd_AreEmpty()
    {
        await WriteAsync(OperationState.Running);
        await WriteAsync(OperationState.Succeeded);

        var history = await HistoryAsync();

        history.Flaws.Should().BeEmpty();
        history.Versions.Select(version => version.State)
            .Should().Equal(OperationState.NotStarted, OperationState.Running, OperationState.Succeeded);
    }

    [Theory]
    [InlineData(OperationState.Failed, "2 ends in NotStarted , Succeeded , Failed")]
    [InlineData(OperationState.Running, "1 ends in NotStarted , Succeeded , Running")]
    public async Task Flaws_EndIsOverwritten_AreReported(OperationState afterwards, string expected)
    {
        await WriteAsync(OperationState.Succeeded);
        await WriteAsync(afterwards);

        (await HistoryAsync()).Flaws.Should().ContainSingle().Which.Should().Contain(expected);
    }

    [Fact]
    public async Task Flaws_NoEnd_AreReported()
    {
        await WriteAsync(OperationState.Running);

        (await HistoryAsync()).Flaws.Should().ContainSingle().Which.Should().Contain("0 ends");
    }

    [Fact]
    public async Task Flaws_UnconditionalWrite_AreReported()
    {
        await WriteAsync(OperationState.Succeeded);
        await PutAsync(_witness.Address, _newest.Status with { Message = "Again" });

        var flaws = (await HistoryAsync()).Flaws;

        flaws.Should().Contain(flaw => flaw.EndsWith("Succeeded was overwritten without a check", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Flaws_WriteBypassesWitness_AreReported()
    {
        await WriteAsync(OperationState.Succeeded);
        await PutAsync(TestServers.S3, _newest.Status with { Message = "Again" });

        (await HistoryAsync()).Flaws.Should().Contain(
            flaw => flaw.Contains("was not written through the witness", StringComparison.Ordinal));
    }

    private async Task WriteAsync(OperationState state) =>
        _newest = await _host.Store.UpdateAsync(_newest.Status with { State = state }, _newest.Metadata, _newest.Version, default);

    private async Task PutAsync(Uri address, OperationStatus document)
    {
        using var s3 = TestServers.NewS3Client(address);
        await s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = _host.Bucket,
            Key = _host.Store.GetStatusKey(document.Id),
            InputStream = new MemoryStream(StatusDocument.Write(document, StatusDocument.MaxBytes)),
            UseChunkEncoding = false,
        });
    }

    private async Task<DocumentHistory> HistoryAsync() => (await _witness.ReadAsync(_host.Bucket))[TestDocuments.Id];
}
