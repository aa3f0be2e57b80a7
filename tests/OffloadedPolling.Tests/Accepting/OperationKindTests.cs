using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Accepting;

public sealed class OperationKindTests
{
    [Fact]
    public void Parts_ReadTwice_AreSameInstances()
    {
        var kind = TestKinds.Create(services: WithPorts());

        kind.Gate.Should().BeSameAs(kind.Gate);
        kind.Queue.Should().BeSameAs(kind.Queue);
        kind.Metrics.Should().BeSameAs(kind.Metrics);
        kind.Estimator.Should().BeSameAs(kind.Estimator);
        kind.WaitTime.Should().BeSameAs(kind.WaitTime);
        kind.Durations.Should().BeSameAs(kind.Durations);
        kind.Recorder.Should().BeSameAs(kind.Recorder);
    }

    [Fact]
    public void Parts_OfTwoKinds_AreDifferentInstances()
    {
        var services = WithPorts();
        var (parcels, letters) = (TestKinds.Create("parcels", services), TestKinds.Create("letters", services));

        parcels.Gate.Should().NotBeSameAs(letters.Gate);
        parcels.Durations.Should().NotBeSameAs(letters.Durations);
    }

    [Fact]
    public void Parts_ServicesNotRegistered_ThrowOnlyWhenUsed()
    {
        var kind = TestKinds.Create("parcels");

        kind.Name.Should().Be("parcels");
        kind.PayloadType.Should().Be<Parcel>();
        kind.Gate.Should().NotBeNull();
        kind.Invoking(each => each.Queue).Should().Throw<InvalidOperationException>().WithMessage("*IOperationQueue*");
    }

    [Fact]
    public void Options_ReturnsNamedOptionsOfKind()
    {
        var services = TestKinds.Services();
        services.AddOptions<OperationOptions>("parcels").Configure(options => options.MaxConcurrency = 7);

        TestKinds.Create("parcels", services).Options.MaxConcurrency.Should().Be(7);
        TestKinds.Create("letters", services).Options.MaxConcurrency.Should().Be(10);
    }

    private static ServiceCollection WithPorts()
    {
        var services = TestKinds.Services();
        services.AddSingleton(Substitute.For<IOperationQueue>());
        services.AddSingleton(Substitute.For<IWaitTimeEstimator>());
        return services;
    }
}
