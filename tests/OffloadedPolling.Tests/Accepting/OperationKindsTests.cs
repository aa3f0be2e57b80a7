using OffloadedPolling.Accepting;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

public sealed class OperationKindsTests
{
    private readonly OperationKinds _kinds = new(
        [TestKinds.Create("parcels"), TestKinds.Create<string>("letters", ParcelJson.Default.Options)]);

    [Fact]
    public void Of_APayloadType_IsItsKind()
    {
        _kinds.Of<Parcel>().Name.Should().Be("parcels");
        _kinds.Of<string>().Name.Should().Be("letters");
    }

    [Fact]
    public void Of_AnUnknownPayloadType_SaysWhatToCall() =>
        _kinds.Invoking(kinds => kinds.Of<Receipt>()).Should().Throw<ArgumentException>().WithMessage("*.AddOperation<Receipt>(\"name\")*");

    [Fact]
    public void Find_AName_IsItsKind()
    {
        _kinds.Find("letters").Should().BeSameAs(_kinds.Of<string>());
        _kinds.Find("Letters").Should().BeNull();
    }

    [Fact]
    public async Task EstimateAsync_OfAKindThatIsUnknownHere_IsUnknown() =>
        (await new QueueWaitTimeEstimator(_kinds).EstimateAsync("orders", default)).Should().BeNull();
}
