using Amazon;
using Amazon.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OffloadedPolling.S3;

namespace OffloadedPolling.Tests.S3;

public sealed class S3PresignedUrlIssuerTests
{
    // The SDK checks expirations against the system clock, so the fake clock starts there, at a whole second.
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(604_801)]
    public async Task IssueAsync_LifetimeOutOfRange_Throws(int seconds)
    {
        using var client = TestIssuers.Client(new BasicAWSCredentials("AKID", "secret"));

        await FluentActions.Awaiting(async () =>
            await TestIssuers.New(client, _time).IssueAsync(TestIssuers.Key, TimeSpan.FromSeconds(seconds), default))
            .Should().ThrowExactlyAsync<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(604_800)]
    public async Task IssueAsync_ShortestAndLongestLifetime_UsesSignatureV4(int seconds)
    {
        using var client = TestIssuers.Client(new BasicAWSCredentials("AKID", "secret"), config =>
            config.RegionEndpoint = RegionEndpoint.USEast1);

        var url = await TestIssuers.New(client, _time).IssueAsync(TestIssuers.Key, TimeSpan.FromSeconds(seconds), default);

        TestIssuers.Query(url.Value, "X-Amz-Algorithm").Should().Be("AWS4-HMAC-SHA256");
        TestIssuers.Query(url.Value, "X-Amz-Expires").Should().Be($"{seconds}");
        url.ExpiresAt.Should().Be(_time.GetUtcNow().AddSeconds(seconds));
    }

    [Fact]
    public async Task IssueAsync_KeyOfAnotherObject_Throws()
    {
        using var client = TestIssuers.Client(new BasicAWSCredentials("AKID", "secret"));

        await FluentActions.Awaiting(async () =>
            await TestIssuers.New(client, _time).IssueAsync("payroll/2026.xlsx", TimeSpan.FromMinutes(5), default))
            .Should().ThrowExactlyAsync<ArgumentException>();
    }

    [Fact]
    public async Task IssueAsync_CredentialsExpireSooner_ShortensLifetime()
    {
        var credentials = new TwoSets(_time, firstExpiry: _time.GetUtcNow().AddMinutes(30));
        using var client = TestIssuers.Client(credentials);

        var url = await TestIssuers.New(client, _time).IssueAsync(TestIssuers.Key, TimeSpan.FromHours(24), default);

        // Half an hour, minus the margin for clock differences between the issuer of the credentials and S3.
        TestIssuers.Query(url.Value, "X-Amz-Expires").Should().Be("1795");
        url.ExpiresAt.Should().Be(_time.GetUtcNow().AddMinutes(30).AddSeconds(-5));
    }

    [Fact]
    public async Task IssueAsync_CredentialsExpireTooSoon_WaitsForRefresh()
    {
        var credentials = new TwoSets(_time, firstExpiry: _time.GetUtcNow().AddSeconds(20));
        using var client = TestIssuers.Client(credentials);
        await credentials.GetCredentialsAsync();

        var url = await TestIssuers.New(client, _time).IssueAsync(TestIssuers.Key, TimeSpan.FromMinutes(10), default);

        TestIssuers.Query(url.Value, "X-Amz-Credential").Should().StartWith("AKID2/");
        TestIssuers.Query(url.Value, "X-Amz-Security-Token").Should().Be("token2");
        TestIssuers.Query(url.Value, "X-Amz-Expires").Should().Be("600");
    }

    [Fact]
    public async Task IssueAsync_KeysRotateWhileRead_UsesMatchingExpiry()
    {
        var credentials = new RotatedWhileRead(_time.GetUtcNow());
        using var client = TestIssuers.Client(credentials);

        var url = await TestIssuers.New(client, _time).IssueAsync(TestIssuers.Key, TimeSpan.FromHours(24), default);

        // The old keys expire after 10 minutes, the new ones after 60. The URL must not combine old keys with the new expiry.
        TestIssuers.Query(url.Value, "X-Amz-Credential").Should().StartWith("NEW/");
        TestIssuers.Query(url.Value, "X-Amz-Expires").Should().Be("3595");
    }

    [Fact]
    public async Task IssueAsync_TokenLifetimeUnknown_CapsLifetimeAndLogsOnce()
    {
        using var logs = new Logs();
        using var factory = LoggerFactory.Create(builder => builder.AddProvider(logs));
        using var client = TestIssuers.Client(new SessionAWSCredentials("AKID", "secret", "token"));
        var issuer = TestIssuers.New(client, _time, logger: factory.CreateLogger<S3PresignedUrlIssuer>());

        var first = await issuer.IssueAsync(TestIssuers.Key, TimeSpan.FromHours(1), default);
        var second = await issuer.IssueAsync(TestIssuers.Key, TimeSpan.FromMinutes(2), default);
        await issuer.IssueAsync(TestIssuers.Key, TimeSpan.FromHours(1), default);

        TestIssuers.Query(first.Value, "X-Amz-Expires").Should().Be("900");
        TestIssuers.Query(second.Value, "X-Amz-Expires").Should().Be("120");
        logs.EventIds.Should().ContainSingle().Which.Should().Be(202);
    }

    [Fact]
    public async Task IssueAsync_MultiRegionAccessPoint_Throws()
    {
        using var client = TestIssuers.Client(new BasicAWSCredentials("AKID", "secret"));
        var issuer = TestIssuers.New(client, _time, bucket: "arn:aws:s3::123456789012:accesspoint/abc.mrap");

        var thrown = (await FluentActions.Awaiting(async () => await issuer.IssueAsync(TestIssuers.Key, TimeSpan.FromMinutes(5), default))
            .Should().ThrowExactlyAsync<StatusUrlException>()).Which;

        thrown.Message.Should().Contain("Signature Version 4");
    }

    [Fact]
    public async Task IssueAsync_ServiceUrlPathEndsWithSlash_Throws()
    {
        using var client = TestIssuers.Client(new BasicAWSCredentials("AKID", "secret"), config =>
        {
            config.ServiceURL = "https://storage.example/v1/s3/";
            config.ForcePathStyle = true;
        });

        await FluentActions.Awaiting(async () =>
            await TestIssuers.New(client, _time).IssueAsync(TestIssuers.Key, TimeSpan.FromMinutes(5), default))
            .Should().ThrowExactlyAsync<OperationStoreException>();
    }

    [Theory]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(ProcessAWSCredentialException))]
    [InlineData(typeof(AmazonClientException))]
    public async Task IssueAsync_CredentialsProviderThrows_ExplainsTheFix(Type thrown)
    {
        using var client = TestIssuers.Client(new Throwing((Exception)Activator.CreateInstance(thrown, "secret words")!));

        var issue = async () => await TestIssuers.New(client, _time).IssueAsync(TestIssuers.Key, TimeSpan.FromMinutes(5), default);

        (await issue.Should().ThrowAsync<StatusUrlException>()).Which.Message
            .Should().Contain($"could not be obtained ({thrown.Name})").And.Contain("AWS_ACCESS_KEY_ID").And.NotContain("secret words");
    }

    [Fact]
    public async Task IssueAsync_CanceledWhileCredentialsProviderHangs_Throws()
    {
        using var client = TestIssuers.Client(new Hanging());
        using var giveUp = new CancellationTokenSource();

        var issuing = TestIssuers.New(client, _time).IssueAsync(TestIssuers.Key, TimeSpan.FromMinutes(5), giveUp.Token).AsTask();
        await giveUp.CancelAsync();

        await FluentActions.Awaiting(() => issuing.WaitAsync(TimeSpan.FromSeconds(60)))
            .Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task IssueAsync_AnonymousCredentials_Throws()
    {
        using var client = TestIssuers.Client(new AnonymousAWSCredentials());

        var issue = async () => await TestIssuers.New(client, _time).IssueAsync(TestIssuers.Key, TimeSpan.FromMinutes(5), default);

        (await issue.Should().ThrowAsync<StatusUrlException>()).WithMessage("*anonymous credentials*");
    }

    [Fact]
    public void ToString_OmitsQuery()
    {
        var url = new StatusUrl("https://s3/bucket/key?X-Amz-Signature=abc&X-Amz-Security-Token=t", default);

        url.ToString().Should().Be("https://s3/bucket/key?(withheld)");
    }

    /// <summary>Returns a first set of credentials with the given expiry, and then sets that last an hour.</summary>
    private sealed class TwoSets : RefreshingAWSCredentials
    {
        private readonly TimeProvider _time;

        private readonly DateTimeOffset _firstExpiry;

        private int _made;

        public TwoSets(TimeProvider time, DateTimeOffset firstExpiry)
        {
            (_time, _firstExpiry) = (time, firstExpiry);

            // The SDK subtracts this from the expiry. The default is one minute.
            ExpirationBuffer = TimeSpan.Zero;
        }

        protected override Task<CredentialsRefreshState> GenerateNewCredentialsAsync() => Task.FromResult(GenerateNewCredentials());

        protected override CredentialsRefreshState GenerateNewCredentials()
        {
            var number = ++_made;
            var expiry = number == 1 ? _firstExpiry : _time.GetUtcNow().AddHours(1);
            return new CredentialsRefreshState(new ImmutableCredentials($"AKID{number}", "secret", $"token{number}"), expiry.UtcDateTime);
        }
    }

    private sealed class Throwing(Exception thrown) : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => throw thrown;

        public override Task<ImmutableCredentials> GetCredentialsAsync() => throw thrown;
    }

    private sealed class Hanging : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => throw new NotSupportedException();

        public override Task<ImmutableCredentials> GetCredentialsAsync() => new TaskCompletionSource<ImmutableCredentials>().Task;
    }

    /// <summary>Rotates its keys right after the first read returns the old ones, as a background refresh can.</summary>
    private sealed class RotatedWhileRead(DateTimeOffset now) : AWSCredentials
    {
        private bool _rotated;

        public override DateTime? Expiration
        {
            get => now.AddMinutes(_rotated ? 60 : 10).UtcDateTime;
            set => throw new NotSupportedException();
        }

        public override ImmutableCredentials GetCredentials()
        {
            var keys = new ImmutableCredentials(_rotated ? "NEW" : "OLD", "secret", "token");
            _rotated = true;
            return keys;
        }
    }

    private sealed class Logs : ILoggerProvider, ILogger
    {
        public List<int> EventIds { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            EventIds.Add(eventId.Id);

        public void Dispose()
        {
        }
    }
}
