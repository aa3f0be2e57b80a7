using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.Accepting;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

public sealed class DocumentCreationTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private readonly TaskCompletionSource<(StoredOperation, bool)> _result = new();

    private readonly DocumentCreation _creation;

    public DocumentCreationTests() => _creation = new DocumentCreation(
        AcceptRequest.Create(TestKinds.Create(), new Parcel("Ada"), new AcceptOptions()), TestDocuments.Waiting(), _result.Task, new());

    public static TheoryData<Exception, bool> Failures => new()
    {
        { new OperationStoreException("lost"), true },
        { new OperationStoreException("denied") { IsRefusal = true }, false },
        { new OperationStatusConflictException("operations/1.json"), true },
        { new OperationCanceledException(), true },
        { new IOException("reset"), true },
        { new StatusDocumentRefusedException("Simulated."), false },
        { new IdempotencyConflictException("1"), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task FinishAsync_CreationFails_ReturnsWhetherInDoubt(Exception failed, bool isInDoubt)
    {
        _result.SetException(failed);

        (await FinishAsync()).Should().Be((null, isInDoubt));
        DocumentCreation.IsInDoubt(failed).Should().Be(isInDoubt);
    }

    [Fact]
    public async Task FinishAsync_CreationSucceeds_ReturnsDocumentWithoutCanceling()
    {
        var stored = new StoredOperation(TestDocuments.Waiting(), OperationMetadata.Empty, "1");
        var finishing = FinishAsync();
        _result.SetResult((stored, false));

        (await finishing).Should().Be((stored, false));
        _creation.BreakOff.IsCancellationRequested.Should().BeFalse();
    }

    [Fact]
    public async Task FinishAsync_CreationHangs_CancelsAndIsInDoubt()
    {
        var finishing = FinishAsync();
        _creation.BreakOff.IsCancellationRequested.Should().BeFalse();
        _time.Advance(_limit);

        (await finishing).Should().Be((null, true));
        _creation.BreakOff.IsCancellationRequested.Should().BeTrue();
    }

    private Task<(StoredOperation? Operation, bool IsInDoubt)> FinishAsync() => _creation.FinishAsync(_limit, _time, default);
}
