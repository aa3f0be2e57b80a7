using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Sqs;

/// <summary>Tests how an extension handles responses that AWS returns and the emulator does not.</summary>
public sealed class SqsExtendTests : IAsyncLifetime
{
    private RecordingProxy _sqs = null!;

    private TestHost _host = null!;

    private ReceivedMessage _message = null!;

    public async ValueTask InitializeAsync()
    {
        _sqs = await RecordingProxy.StartAsync(TestServers.Sqs);
        _host = await TestHost.CreateAsync(sqs: _sqs.Address);
        await _host.Queue.SendAsync("parcels", new OutgoingMessage { Body = "{}", StatusKey = "operations/x.json" }, default);
        _message = (await _host.Queue.ReceiveAsync("parcels", 1, default)).Should().ContainSingle().Which;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _sqs.DisposeAsync();
    }

    [Theory]
    [InlineData("MessageNotInflight")]
    [InlineData("ReceiptHandleIsInvalid")]
    [InlineData("InvalidParameterValue")]
    public async Task ExtendAsync_MessageIsLost_ReturnsNull(string code)
    {
        _sqs.Intercept = context =>
            AwsAnswers.Is(context, "ChangeMessageVisibility") ? AwsAnswers.ErrorAsync(context, code) : Task.FromResult(false);

        (await _host.Queue.ExtendAsync("parcels", _message, default)).Should().BeNull();
    }

    [Fact]
    public async Task ExtendAsync_BeyondTwelveHours_ReturnsZero()
    {
        const string Refusal = "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message "
            + "is beyond the limit [43200 seconds].";
        _sqs.Intercept = context => AwsAnswers.Is(context, "ChangeMessageVisibility")
            ? AwsAnswers.ErrorAsync(context, "InvalidParameterValueException", message: Refusal)
            : Task.FromResult(false);

        (await _host.Queue.ExtendAsync("parcels", _message, default)).Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public async Task ExtendAsync_MessageFromDecorator_ReturnsVisibilityTimeout()
    {
        var recreated = new ReceivedMessage { Id =
            _message.Id, ReceiptHandle = _message.ReceiptHandle, Body = "{}", ReceiveCount = 1, HiddenFor = _message.HiddenFor };

        var extended = await _host.Queue.ExtendAsync("parcels", recreated, default);

        extended.Should().Be(_host.Services.GetRequiredService<IOptionsMonitor<OperationOptions>>().Get("parcels").VisibilityTimeout);
    }

    [Fact]
    public async Task ExtendAsync_AccessIsDenied_NamesPermission()
    {
        _sqs.Intercept = context => AwsAnswers.Is(context, "ChangeMessageVisibility")
            ? AwsAnswers.ErrorAsync(context, "AccessDeniedException", 403)
            : Task.FromResult(false);

        var thrown = (await FluentActions.Awaiting(() => _host.Queue.ExtendAsync("parcels", _message, default))
            .Should().ThrowExactlyAsync<OperationQueueException>()).Which;

        thrown.Message.Should().Contain("sqs:ChangeMessageVisibility");
    }
}
