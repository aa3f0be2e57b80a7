using OffloadedPolling.Accepting;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

public sealed class OperationKindsTests
{
    private readonly OperationKinds _kinds = new(
        [TestKinds.Create("parcels"), TestKinds.Create<string>("letters", ParcelJson.Default.Options)]);

    [Fact]
    public void ForPayload_KnownType_ReturnsItsKind()
    {
        _kinds.ForPayload<Parcel>().Name.Should().Be("parcels");
        _kinds.ForPayload<string>().Name.Should().Be("letters");
    }

    [Fact]
    public void ForPayload_UnknownType_ThrowsWithFix() =>
        _kinds.Invoking(kinds => kinds.ForPayload<Receipt>()).Should().Throw<ArgumentException>()
            .WithMessage("*.AddOperation<Receipt>(\"name\")*");

    [Fact]
    public void Find_Name_ReturnsExactMatchOnly()
    {
        _kinds.Find("letters").Should().BeSameAs(_kinds.ForPayload<string>());
        _kinds.Find("Letters").Should().BeNull();
    }

    [Fact]
    public async Task EstimateAsync_UnknownKind_ReturnsNull() =>
        (await new QueueWaitTimeEstimator(_kinds).EstimateAsync("orders", default)).Should().BeNull();
}
