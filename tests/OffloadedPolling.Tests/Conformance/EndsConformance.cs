using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Conformance;

/// <summary>Every operation ends with a document that callers can read, whatever the host and its handler put into it.</summary>
public abstract class EndsConformance<TProvider> : ConformanceSuite<TProvider>
    where TProvider : IProvider, new()
{
    private const string Secret = UnwritableOutcomes.Secret;

    private readonly Work _work = new();

    private int _maxDocumentBytes = 16 * 1024;

    private IWaitTimeEstimator? _estimator;

    // Each test starts its own host.
    public override async ValueTask InitializeAsync() => await Provider.PrepareAsync();

    private protected override void Settings(OffloadedPollingOptions options) =>
        (options.MaxDocumentBytes, options.MinProgressInterval, options.ShutdownTimeout) =
        (_maxDocumentBytes, TimeSpan.Zero, TimeSpan.FromMilliseconds(300));

    private protected override void Settings(OperationOptions kind) =>
        (kind.VisibilityTimeout, kind.MaxAttempts) = (TimeSpan.FromSeconds(2), 2);

    private protected override void Build(IOffloadedPollingBuilder builder)
    {
        if (_estimator is not null)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(_estimator));
        }

        builder.Services.AddSingleton(_work);
        builder.AddHandler<Parcel, WorkHandler>();
    }

    [Theory]
    [MemberData(nameof(UnwritableOutcomes.ResultCases), MemberType = typeof(UnwritableOutcomes))]
    public async Task Operation_InvalidResult_FailsAfterOneRun(string what, bool redrive)
    {
        await StartAsync(redrive);
        _work.Run = _ => UnwritableOutcomes.Results[what]();

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), new AcceptOptions { ResourceLocation = id => $"/parcel/{id}" });

        await EndsOnceAsResultInvalidAsync(accepted);
    }

    [Theory]
    [MemberData(nameof(UnwritableOutcomes.ExtensionCases), MemberType = typeof(UnwritableOutcomes))]
    public async Task Operation_InvalidProblemExtension_FailsAfterOneRun(string what, bool redrive)
    {
        await StartAsync(redrive);
        var extension = UnwritableOutcomes.Extensions[what]();
        _work.Run = _ => throw new OperationFailedException(
            new OperationProblem { Title = "Lost", Extensions = new Dictionary<string, JsonElement> { ["where"] = extension } });

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), new AcceptOptions { ResourceLocation = id => $"/parcel/{id}" });

        await EndsOnceAsResultInvalidAsync(accepted);
    }

    [Fact]
    public async Task Operation_ResultWithMaximumNesting_Succeeds()
    {
        await StartAsync();
        _work.Run = _ => Receipt.Nested(63);

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        var end = await EndOfAsync(accepted.Id);

        end.State.Should().Be(OperationState.Succeeded);
        (await ReadAsync(accepted)).State.Should().Be(OperationState.Succeeded);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    public async Task AcceptAsync_ResourceLocationTooLong_ThrowsAndCreatesNothing(int maxDocumentBytes)
    {
        _maxDocumentBytes = maxDocumentBytes;
        await StartAsync();
        var options = At(new string('x', maxDocumentBytes - 220));

        var thrown = (await Host.Operations.Invoking(operations => operations.AcceptAsync(new Parcel("Ada"), options))
            .Should().ThrowAsync<StatusDocumentTooLargeException>()).Which;

        thrown.Limit.Should().Be(maxDocumentBytes);
        thrown.Reserved.Should().BeInRange(300, 600);
        thrown.Message.Should().Contain($"{thrown.Reserved} of them are reserved");
        (await Provider.CountDocumentsAsync()).Should().Be(0);
        (await Provider.CountMessagesAsync(Kind)).Should().Be(0);
    }

    [Theory]
    [InlineData(1024, false)]
    [InlineData(1024, true)]
    [InlineData(2048, true)]
    public async Task AcceptAsync_LongestResourceLocation_OperationEnds(int maxDocumentBytes, bool returns)
    {
        _maxDocumentBytes = maxDocumentBytes;
        _estimator = new UnusableEstimates.Told(() => UnusableEstimates.Longest);
        await StartAsync();
        _work.Run = _ => returns ? Receipt.Of($"\"{new string('x', maxDocumentBytes)}\"") : throw new InvalidDataException(Secret);
        var longest = await LongestResourceLocationAsync();

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), At(longest));
        var end = await EndOfAsync(accepted.Id);

        end.Error!.Type.Should().EndWith(returns ? "result-too-large" : "handler-failed");
        end.ResourceLocation.Should().Be(longest);
        accepted.Estimate!.Quantiles.Should().HaveCount(13);
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task Progress_TooLarge_ThrowsInHandlerAndOperationEnds()
    {
        _maxDocumentBytes = 1024;
        await StartAsync();
        var refused = new List<Exception>();
        _work.RunAsync = async (context, cancellationToken) =>
        {
            for (var length = 0; length < 1024; length += 16)
            {
                await RefusedAsync(context, new string('m', length), refused, cancellationToken);
            }

            context.ResourceLocation = new string('x', 1024);
            await RefusedAsync(context, "m", refused, cancellationToken);
            throw new InvalidDataException(Secret);
        };

        var end = await EndOfAsync((await Host.Operations.AcceptAsync(new Parcel("Ada"))).Id);

        end.Error!.Type.Should().EndWith("handler-failed");
        end.Attempt.Should().Be(2);
        refused.Should().AllBeOfType<StatusDocumentTooLargeException>().And.HaveCountGreaterThan(2 * 20).And.HaveCountLessThan(2 * 60);
        await QueueIsEmptyAsync();
    }

    [Fact]
    public async Task Operation_DocumentExceedsHostLimit_EndsWithoutLocation()
    {
        _work.Run = _ => throw new InvalidDataException(Secret);
        _work.Gate = new TaskCompletionSource();
        await StartAsync();
        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"), At(new string('x', 4096)));
        await Eventually.TrueAsync(() => _work.Runs == 1, Timeout, () => "the handler did not start");
        await Host.StopAsync();
        _maxDocumentBytes = 1024;
        _work.Gate.SetResult();
        var other = await StartAsync();

        var end = await EndOfAsync(accepted.Id);

        end.Error!.Type.Should().EndWith("handler-failed");
        end.ResourceLocation.Should().BeNull();
        other.Log.Entries.Should().Contain(entry => entry.Id == 445);
    }

    [Theory]
    [MemberData(nameof(UnusableEstimates.Cases), MemberType = typeof(UnusableEstimates))]
    public async Task Operation_InvalidEstimate_IsIgnoredAndLoggedOnce(string what)
    {
        _estimator = new UnusableEstimates.Told(UnusableEstimates.All[what]);
        await StartAsync();

        var first = await Host.Operations.AcceptAsync(new Parcel("Ada"));
        var second = await Host.Operations.AcceptAsync(new Parcel("Bob"));

        first.Estimate.Should().BeNull();
        (await EndOfAsync(first.Id)).State.Should().Be(OperationState.Succeeded);
        (await EndOfAsync(second.Id)).State.Should().Be(OperationState.Succeeded);
        Host.Log.Entries.Should().ContainSingle(entry => entry.Id == 439 || entry.Id == 443).Which.Text.Should().Contain("'parcels'");
    }

    [Theory]
    [InlineData("""{"first":0,"weights":[1e-300],"evidence":1e300,"updatedAt":0,"workers":{}}""")]
    [InlineData("""{"first":241,"weights":[1000],"evidence":1e-9,"updatedAt":90071992547,"workers":{"a":[2147483647,9007199254740991]}}""")]
    [InlineData("""{"first":0,"weights":[0,0,1000],"evidence":3,"updatedAt":0,"workers":{"a":[0,0]}}""")]
    public async Task Operation_ExtremeDurationProfile_Succeeds(string profile)
    {
        await StartAsync();
        await Host.Profiles.WriteAsync(Kind, Encoding.UTF8.GetBytes(profile), null, default);
        _work.RunAsync = async (context, cancellationToken) =>
        {
            await context.ReportProgressAsync(1, "begun", cancellationToken);
            return new Receipt();
        };

        var accepted = await Host.Operations.AcceptAsync(new Parcel("Ada"));

        (await EndOfAsync(accepted.Id)).State.Should().Be(OperationState.Succeeded);
        Host.Log.Entries.Should().NotContain(entry => entry.Id == 426 || entry.Id == 439 || entry.Id == 443);
    }

    [Fact]
    public async Task Worker_InvalidDocument_KeepsMessageWithoutRunning()
    {
        await StartAsync();
        await Provider.PutDocumentAsync(Host.Store.GetStatusKey(Id), """{"id":"no document"}""");

        var message = new OutgoingMessage { Body = """{"To":"Ada"}""", StatusKey = Host.Store.GetStatusKey(Id) };
        await Host.Queue.SendAsync(Kind, message, default);
        await Eventually.TrueAsync(
            () => Host.Log.Entries.Count(entry => entry.Id == 414) > 1, Timeout, () => "the message was not redelivered");

        _work.Runs.Should().Be(0);
        await Host.Operations.Invoking(operations => operations.GetAsync(Id)).Should().ThrowAsync<InvalidStatusDocumentException>();
        (await Provider.CountMessagesAsync(Kind)).Should().Be(1);
    }

    private static AcceptOptions At(string resourceLocation) => new() { ResourceLocation = _ => resourceLocation };

    private static async Task RefusedAsync(
        OperationContext<Parcel> context, string message, List<Exception> refused, CancellationToken cancellationToken)
    {
        try
        {
            await context.ReportProgressAsync(1, message, cancellationToken);
        }
        catch (OffloadedPollingException tooLarge)
        {
            refused.Add(tooLarge);
        }
    }

    /// <summary>Starts a host whose queue has a redrive policy or has none.</summary>
    private Task<ConformanceHost> StartAsync(bool redrive) => StartAsync(kind =>
    {
        Settings(kind);
        if (!redrive)
        {
            // A provider's other queue has no redrive policy.
            Provider.Configure("letters", kind);
            kind.MaxAttempts = null;
        }
    });

    private async Task<string> LongestResourceLocationAsync()
    {
        var tooLong = new string('x', _maxDocumentBytes);
        var thrown = await Host.Operations.Invoking(operations => operations.AcceptAsync(new Parcel("Ada"), At(tooLong)))
            .Should().ThrowAsync<StatusDocumentTooLargeException>();
        var longest = tooLong.Length;
        while (thrown.Which.Reserved == 0)
        {
            longest -= thrown.Which.Size - thrown.Which.Limit;
            var next = new string('x', longest);
            thrown = await Host.Operations.Invoking(operations => operations.AcceptAsync(new Parcel("Ada"), At(next)))
                .Should().ThrowAsync<StatusDocumentTooLargeException>();
        }

        return new string('x', longest - (thrown.Which.Size - thrown.Which.Limit));
    }

    private async Task EndsOnceAsResultInvalidAsync(AcceptedOperation accepted)
    {
        var end = await EndOfAsync(accepted.Id);
        await QueueIsEmptyAsync();

        _work.Runs.Should().Be(1);
        end.Should().BeEquivalentTo(new { State = OperationState.Failed, Attempt = 1, ResourceLocation = $"/parcel/{accepted.Id}" });
        end.Error!.Type.Should().Be("urn:offloaded-polling:problem:result-invalid");
        end.Result.Should().BeNull();
        (await ReadAsync(accepted)).Error!.Title.Should().Be(end.Error.Title);
        Host.Log.Entries.Should().ContainSingle(entry => entry.Id == 444);
        Host.Log.Entries.Should().NotContain(entry => entry.Id == 422 || entry.Id == 427 || entry.Text.Contains(Secret));
    }

    private async Task<OperationStatus> ReadAsync(AcceptedOperation accepted) =>
        (await Host.Http.GetFromJsonAsync(accepted.StatusUrl, OperationJson.Status))!;

    private async Task QueueIsEmptyAsync() => await Eventually.TrueAsync(
        async () => await Provider.CountMessagesAsync(Kind) + await Provider.CountMessagesAsync("letters") == 0,
        Timeout,
        () => "messages are left");
}
