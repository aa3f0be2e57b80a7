using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests;

/// <summary>Checks that missing and repeated registrations stop the start.</summary>
public sealed class RegistrationValidatorTests
{
    [Fact]
    public void Validate_NothingRegistered_ReportsMissingCalls()
    {
        var failures = StartFailures.Of(new ServiceCollection().AddOffloadedPolling().Services);

        failures.Should().HaveCount(2);
        failures.Should().ContainSingle(failure =>
            failure.Contains("Call .WithS3() and .WithSqs() (on AWS), or .WithSqlite()", StringComparison.Ordinal));
        failures.Should().ContainSingle(failure => failure.Contains("AddOperation", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_TwoKindsShareAPayloadType_ReportsBoth() => StartFailures.OnAws([], builder =>
            builder.AddOperation<Letter>("other", LetterJson.Default, kind => kind.QueueUrl = StartFailures.QueueUrl + "-other"))
        .Should().ContainSingle().Which.Should().Contain("'letters', 'other'");

    [Fact]
    public void Validate_ResultTypeNotInJsonContext_Fails() => StartFailures
        .OnAws([], builder => builder.AddHandler<Letter, UnserializableHandler>())
        .Should().ContainSingle().Which.Should().Contain("JsonSerializable(typeof(Uri))");

    [Fact]
    public void AddOperation_PayloadTypeNotInJsonContext_Throws()
    {
        var add = () => new ServiceCollection().AddOffloadedPolling().AddOperation<Uri>("uris", LetterJson.Default);

        add.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void AddOperation_NameContainsColon_Throws()
    {
        var add = () => new ServiceCollection().AddOffloadedPolling().AddOperation<Letter>("a:b", LetterJson.Default);

        add.Should().Throw<ArgumentException>();
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/letters-dead", 0)]
    public void Validate_DeadLetterReaderWithoutQueue_Fails(string? url, int count)
    {
        var failures = StartFailures.OnAws("Operations:letters:DeadLetterQueueUrl", url, builder => builder.AddDeadLetterReader());

        failures.Should().HaveCount(count);
        failures.Should().NotContain(failure => !failure.Contains("OffloadedPolling:Operations:letters:DeadLetterQueueUrl is missing"));
    }

    private sealed class UnserializableHandler : IOperationHandler<Letter, Uri>
    {
        public Task<Uri> HandleAsync(OperationContext<Letter> context, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
