using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using OffloadedPolling.Processing;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Processing;

public sealed class OrphanDetectorTests : IDisposable
{
    private const string Found = "00000000000000000000000000000001";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _retention = TimeSpan.FromDays(1);

    private readonly FakeTimeProvider _time = new();

    private readonly RecordingLogger _log = new();

    private readonly IOperationStatusStore _store = Substitute.For<IOperationStatusStore>();

    private readonly OrphanDetector _orphans;

    public OrphanDetectorTests()
    {
        _store.GetOperationId(Arg.Any<string>()).Returns(call => call.Arg<string>());
        _orphans = new OrphanDetector("parcels", _store, _retention, _time, ((ILoggerProvider)_log).CreateLogger(""));
    }

    public void Dispose()
    {
        _orphans.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task OnMissingAsync_FirstFiveMissing_SuspendsReceiving()
    {
        await MissAsync(4);
        _orphans.Problem.Should().BeNull();

        await MissAsync(1);

        _orphans.Problem.Should().Contain("'parcels'").And.Contain("bucket and key prefix");
        _log.Entries.Select(entry => entry.Id).Should().Equal(406);
    }

    [Fact]
    public async Task OnMissingAsync_StoreThrowsUnexpectedly_KeepsProbing()
    {
        _store.GetAsync(Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns<StoredOperation?>(_ => throw new InvalidDataException());
        await MissAsync(5);
        await AdvanceUntilAsync(() => _store.ReceivedCalls().Count(call => call.GetMethodInfo().Name == nameof(_store.GetAsync)) > 10);

        Exists(Id(0));

        await AdvanceUntilAsync(() => _orphans.Problem is null);
    }

    [Fact]
    public async Task OnMissingAsync_KnownDocumentIsReadable_KeepsReceiving()
    {
        Exists(Found);
        _orphans.OnFound(Found);

        await MissAsync(20);

        _orphans.Problem.Should().BeNull();
    }

    [Fact]
    public async Task OnMissingAsync_KnownDocumentIsMissingToo_SuspendsReceiving()
    {
        _orphans.OnFound(Found);

        await MissAsync(5);

        _orphans.Problem.Should().NotBeNull();
    }

    [Fact]
    public async Task OnMissingAsync_MessagesOlderThanRetention_AreNotCounted()
    {
        await MissAsync(20, _time.GetUtcNow() - _retention - TimeSpan.FromMinutes(1));

        _orphans.Problem.Should().BeNull();
    }

    [Fact]
    public async Task OnMissingAsync_DocumentFoundInBetween_ResetsCount()
    {
        await MissAsync(4);
        _orphans.OnFound(Found);
        await MissAsync(4);

        _orphans.Problem.Should().BeNull();
    }

    [Fact]
    public async Task Suspended_MissingDocumentIsReadableAgain_Resumes()
    {
        await MissAsync(5);
        Exists(Id(3));

        await AdvanceUntilAsync(() => _orphans.Problem is null);

        (await _orphans.WaitAsync(default)).Should().BeFalse();
        _log.Entries.Select(entry => entry.Id).Should().Equal(406, 407);
    }

    [Fact]
    public async Task Suspended_AllowsOneMessagePerMinute()
    {
        await MissAsync(5);
        var startedAt = _time.GetTimestamp();

        for (var trials = 1; trials <= 3; trials++)
        {
            var trial = _orphans.WaitAsync(default);
            await AdvanceUntilAsync(() => trial.IsCompleted);
            (await trial).Should().BeTrue();
        }

        _time.GetElapsedTime(startedAt).Should().BeCloseTo(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(10));
    }

    private void Exists(string id) => _store.GetAsync(id, Arg.Any<CancellationToken>())
        .Returns(new StoredOperation(TestDocuments.Waiting(id), OperationMetadata.Empty, "v"));

    private async Task MissAsync(int times, DateTimeOffset? createdAt = null)
    {
        for (var number = 0; number < times; number++)
        {
            var message = new ReceivedMessage
            {
                Id = $"m-{number}", ReceiptHandle = "r", Body = "{}", ReceiveCount = 1, StatusKey = Id(number), StatusCreatedAt = createdAt,
            };
            await _orphans.OnMissingAsync(message, default);
        }
    }

    private static string Id(int number) => $"a{number:D31}";

    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        _timeout, () => $"still waiting at {_time.GetUtcNow():T}");
}
