using System.Text.Json.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OffloadedPolling.Tests.Settings;

/// <summary>Wrong or missing settings stop the start, with all of them named at once.</summary>
public sealed class StartupTests
{
    private const string QueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/letters";

    private const string Role = "arn:aws:iam::123456789012:role/status-reader";

    [Fact]
    public void Validate_RightSettings_Pass() => Assert.Empty(Start([]));

    [Theory]
    [InlineData("S3:BucketName", "", "OffloadedPolling:S3:BucketName is missing")]
    [InlineData("S3:BucketName", "No_Bucket", "is 'No_Bucket', which is no bucket name")]
    [InlineData("S3:BucketName", "orders--euw1-az1--x-s3", "directory bucket")]
    [InlineData("S3:BucketName", "arn:aws:s3::123456789012:accesspoint/a.mrap", "multi-region access point")]
    [InlineData("S3:KeyPrefix", "", "would clear the whole bucket")]
    [InlineData("S3:KeyPrefix", "status", "Set it to 'status/'")]
    [InlineData("S3:KeyPrefix", "a//b/", "segment that HTTP clients would rewrite")]
    [InlineData("S3:KeyPrefix", "../b/", "segment that HTTP clients would rewrite")]
    [InlineData("S3:KeyPrefix", "größe/", "Use letters, digits")]
    [InlineData("UrlLifetime", "00:00:00", "OffloadedPolling:UrlLifetime is 00:00:00. Set it to between 00:00:01 and 7.00:00:00")]
    [InlineData("UrlLifetime", "-01:00:00", "is -01:00:00")]
    [InlineData("UrlLifetime", "7.00:00:01", "is 7.00:00:01")]
    [InlineData("UrlLifetime", "02:00:00", "longer than OffloadedPolling:MaxUrlLifetime (01:00:00)")]
    [InlineData("MaxUrlLifetime", "8.00:00:00", "MaxUrlLifetime is 8.00:00:00")]
    [InlineData("UnknownCredentialLifetime", "00:00:00", "UnknownCredentialLifetime is 00:00:00")]
    [InlineData("AcceptTimeout", "00:00:00.5", "OffloadedPolling:AcceptTimeout is 00:00:00.5000000. Set it to between 00:00:01 and 00:05:00")]
    [InlineData("AcceptTimeout", "00:05:01", "AcceptTimeout is 00:05:01")]
    [InlineData("S3:RequireConditionalWrites", "maybe", "OffloadedPolling:S3:RequireConditionalWrites")]
    [InlineData("Retention", "00:00:10", "Retention is 00:00:10")]
    [InlineData("MaxDocumentBytes", "10", "MaxDocumentBytes is 10. Set it to between 1024 and 1048576")]
    [InlineData("MaxDocumentBytes", "much", "OffloadedPolling:MaxDocumentBytes")]
    [InlineData("Retension", "00:00:01", "OffloadedPolling:Retension is no setting of this version")]
    [InlineData("Operations:letters:QueueUrl", "", "OffloadedPolling:Operations:letters:QueueUrl is missing")]
    [InlineData("Operations:letters:QueueUrl", "letters", "is 'letters', which is no queue URL")]
    [InlineData("Operations:letters:QueueUrl", "https://sqs/1/letters.fifo", "FIFO")]
    [InlineData("Operations:letters:MaxConcurrency", "0", "MaxConcurrency is 0. Set it to between 1 and 1000")]
    [InlineData("Operations:letters:VisibilityTimeout", "30", "OffloadedPolling:Operations:letters:VisibilityTimeout is '30', which .NET reads as 30 days. For 30 seconds, write 00:00:30; for 30 days, write 30.00:00:00.")]
    [InlineData("Retention", "48:00:00", "OffloadedPolling:Retention is '48:00:00', which .NET does not read as 48 hours. For 48 hours, write 2.00:00:00; for 48 days, write 48.00:00:00.")]
    [InlineData("MaxUrlLifetime", "24:00:00", "For 24 hours, write 1.00:00:00")]
    [InlineData("MaxUrlLifetime", "36:30", "For 36 minutes, write 00:36:30")]
    [InlineData("Retention", "30", "For 30 seconds, write 00:00:30")]
    [InlineData("S3:PublicEndpoint", "files.example.com", "OffloadedPolling:S3:PublicEndpoint is 'files.example.com'. Set it to an address without a path")]
    [InlineData("S3:PublicEndpoint", "https://files.example.com/s3", "Set it to an address without a path")]
    [InlineData("Operations:letters:VisibilityTimeout", "13:00:00", "VisibilityTimeout is 13:00:00. Set it to between 00:00:01 and 12:00:00")]
    [InlineData("Operations:letters:MaxAttempts", "0", "MaxAttempts is 0. Set it to between 1 and 1000")]
    [InlineData("Operations:letters:ExpectedMedian", "00:00:05", "ExpectedUpper is missing beside its fellow")]
    [InlineData("Operations:letters:QueueURI", "x", "OffloadedPolling:Operations:letters:QueueURI is no setting of this version")]
    [InlineData("S3:AllowedIpRanges", "203.0.113.0/24", "OffloadedPolling:S3:AllowedIpRanges is '203.0.113.0/24', and is a list. Set its first element as OffloadedPolling:S3:AllowedIpRanges:0")]
    [InlineData("S3:AllowedIpRanges:first", "203.0.113.0/24", "OffloadedPolling:S3:AllowedIpRanges:first is no element of a list")]
    [InlineData("S3:AllowedIpRanges:0:x", "203.0.113.0/24", "OffloadedPolling:S3:AllowedIpRanges:0 is no single value")]
    [InlineData("S3:AllowedOrigins:0", null, "OffloadedPolling:S3:AllowedOrigins:0 is no single value")]
    [InlineData("S3:Bucket:Transitions", "GLACIER", "Transitions is 'GLACIER', and is a list")]
    [InlineData("S3:Bucket:Transitions:0", "GLACIER", "Transitions:0 is 'GLACIER', and has settings of its own")]
    [InlineData("S3:Bucket:Transitions:0:Days", "120", "OffloadedPolling:S3:Bucket:Transitions:0:Days is no setting of this version")]
    [InlineData("S3:BucketName:0", "my-bucket", "OffloadedPolling:S3:BucketName is one value, and OffloadedPolling:S3:BucketName:0 stands below it")]
    [InlineData("Retention:Days", "1", "OffloadedPolling:Retention is one value")]
    public void Validate_AWrongSetting_IsNamedWithItsValueAndWhatToDo(string key, string? value, string expected) =>
        Assert.Contains(Start(new() { [key] = value }), error => error.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("Sqlite:DataSource", "", "OffloadedPolling:Sqlite:DataSource is empty")]
    [InlineData("Sqlite:DataSource", ":memory:", "which every connection would have for itself. Set it to the path of a file")]
    [InlineData("Sqlite:DataSource", "Data Source=x.db", "DataSource is a URI or a connection string")]
    [InlineData("Sqlite:PublicBaseUrl", "orders.example.com", "OffloadedPolling:Sqlite:PublicBaseUrl is 'orders.example.com', which is no absolute URL")]
    [InlineData("Sqlite:PublicBaseUrl", "ftp://orders.example.com", "PublicBaseUrl is 'ftp://orders.example.com', which is no URL of http or https")]
    [InlineData("Sqlite:PublicBaseUrl", "https://orders.example.com/?a=b", "with a query or a fragment")]
    [InlineData("Sqlite:SigningKey", "dG9vIHNob3J0", "OffloadedPolling:Sqlite:SigningKey has 9 bytes, and needs at least 32. Make one with 'openssl rand")]
    [InlineData("Sqlite:SigningKey", "no base 64, whatever its length may be", "has 38 characters that are no Base64")]
    [InlineData("Sqlite:DataSauce", "x", "OffloadedPolling:Sqlite:DataSauce is no setting of this version")]
    public void Validate_AWrongSettingOfSqlite_IsNamedWithItsValueAndWhatToDo(string key, string value, string expected)
    {
        var services = new ServiceCollection();
        services.AddOffloadedPolling(Section(new() { [key] = value })).WithSqlite().AddOperation<Letter>("letters", LetterJson.Default);

        Assert.Contains(expected, Assert.Single(Validate(services)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sts:RoleArn", "", "OffloadedPolling:Sts:RoleArn is missing. Set it to the ARN of the role")]
    [InlineData("Sts:RoleArn", "status-reader", "OffloadedPolling:Sts:RoleArn is 'status-reader', which is no role's ARN")]
    [InlineData("Sts:RoleArn", "arn:aws:iam::123456789012:user/ada", "which is no role's ARN")]
    [InlineData("Sts:RoleArn", "arn:aws:iam::123:role/reader", "which is no role's ARN")]
    [InlineData("Sts:Duration", "00:14:59", "OffloadedPolling:Sts:Duration is 00:14:59. Set it to between 00:15:00 and 12:00:00")]
    [InlineData("Sts:Duration", "12:00:01", "OffloadedPolling:Sts:Duration is 12:00:01")]
    [InlineData("Sts:RoleArm", "x", "OffloadedPolling:Sts:RoleArm is no setting of this version")]
    public void Validate_AWrongSettingOfSts_IsNamedWithItsValueAndWhatToDo(string key, string value, string expected) =>
        Assert.Contains(expected, Assert.Single(StartWithSts(new() { ["Sts:RoleArn"] = Role, [key] = value })), StringComparison.Ordinal);

    [Theory]
    [InlineData(Role)]
    [InlineData("arn:aws-cn:iam::123456789012:role/path/to/reader")]
    [InlineData("arn:aws-us-gov:iam::123456789012:role/reader")]
    [InlineData("arn:aws:iam:::role/status-reader")]
    public void Validate_ARoleOfAnyPartitionOrServer_Passes(string role) => Assert.Empty(StartWithSts(new() { ["Sts:RoleArn"] = role }));

    [Fact]
    public void Validate_StsWithoutS3_IsTold()
    {
        var services = new ServiceCollection();
        services.AddOffloadedPolling(Section(new() { ["Sts:RoleArn"] = Role })).WithSqlite().WithSts().AddOperation<Letter>("letters", LetterJson.Default);

        Assert.Contains("WithSts() is called without WithS3()", Assert.Single(Validate(services)), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_WithSqlite_NeedsNoSettingAtAll()
    {
        var services = new ServiceCollection();
        services.AddOffloadedPolling().WithSqlite().AddOperation<Letter>("letters", LetterJson.Default);

        Assert.Empty(Validate(services));
    }

    [Theory]
    [InlineData("Sqlite:SigningKey", "my-secret")]
    [InlineData("Sqlite:DataSource", "Data Source=x.db;Password=my-secret")]
    [InlineData("Sqlite:DataSource", "file:x.db?key=my-secret")]
    [InlineData("Sqlite:PublicBaseUrl", "https://me:my-secret@orders.example.com")]
    [InlineData("Sqlite:PublicBaseUrl", "ftp://me:my-secret@orders.example.com")]
    [InlineData("Sqlite:PublicBaseUrl", "ftp://orders.example.com?token=my-secret")]
    [InlineData("Sqlite:PublicBaseUrl", "orders.example.com?token=my-secret")]
    [InlineData("Sqlite:PublicBaseUrl", "https://orders.example.com?token=my-secret")]
    public void Validate_AWrongSettingThatHoldsASecret_IsNotPrinted(string key, string value)
    {
        var services = new ServiceCollection();
        services.AddOffloadedPolling(Section(new() { [key] = value })).WithSqlite().AddOperation<Letter>("letters", LetterJson.Default);

        Assert.DoesNotContain("my-secret", Assert.Single(Validate(services)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SettingsOfAKindThatIsNotHere_AreWarnedOf()
    {
        using var log = new Shared.RecordingLogger();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log));
        Whole(services.AddOffloadedPolling(Section(new() { ["Operations:leters:MaxConcurrency"] = "5" })));
        await using var provider = services.BuildServiceProvider();

        await provider.GetServices<IHostedService>().OfType<KindsStart>().Single().StartAsync(default);

        Assert.Contains("'OffloadedPolling:Operations:leters' is of no operation kind of this host", Assert.Single(log.Entries, entry => entry.Id == 102).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_AnUpperBoundBelowTheMedian_IsNamed()
    {
        var errors = Start(new() { ["Operations:letters:ExpectedMedian"] = "00:00:05", ["Operations:letters:ExpectedUpper"] = "00:00:04" });

        Assert.Contains("ExpectedUpper is 00:00:04", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_NothingChosen_NamesTheCallsAndTheKind()
    {
        var errors = Validate(new ServiceCollection().AddOffloadedPolling().Services);

        errors.Should().HaveCount(2);
        errors.Should().ContainSingle(error => error.Contains("Call .WithS3() and .WithSqs() (on AWS), or .WithSqlite()", StringComparison.Ordinal));
        errors.Should().ContainSingle(error => error.Contains("AddOperation", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_ATypeAndANameTwice_NamesBoth()
    {
        var services = new ServiceCollection();
        Whole(services.AddOffloadedPolling(Section([]))).AddOperation<Letter>("other", LetterJson.Default, kind => kind.QueueUrl = QueueUrl + "-other");

        Assert.Contains("'letters', 'other'", Assert.Single(Validate(services)), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_AResultThatTheContextDoesNotKnow_IsNamed()
    {
        var services = new ServiceCollection();
        Whole(services.AddOffloadedPolling(Section([]))).AddHandler<Letter, UnserializableHandler>();

        Assert.Contains("JsonSerializable(typeof(Uri))", Assert.Single(Validate(services)), StringComparison.Ordinal);
    }

    [Fact]
    public void AddOperation_APayloadThatTheContextDoesNotKnow_Throws() =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddOffloadedPolling().AddOperation<Uri>("uris", LetterJson.Default));

    [Fact]
    public void AddOperation_ANameThatConfigurationCannotHold_Throws() =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddOffloadedPolling().AddOperation<Letter>("a:b", LetterJson.Default));

    [Fact]
    public void Add_SettingsFromCode_WinOverTheSection()
    {
        var services = new ServiceCollection();
        Whole(services.AddOffloadedPolling(Section(new() { ["Retention"] = "02:00:00" }), options => options.Retention = TimeSpan.FromHours(3)));
        using var provider = services.BuildServiceProvider();

        Assert.Equal(TimeSpan.FromHours(3), provider.GetRequiredService<IOptions<OffloadedPollingOptions>>().Value.Retention);
    }

    [Theory]
    [InlineData("letters-dead", "is 'letters-dead', which is no queue URL")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/dead.fifo", "a FIFO queue")]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/dead.fifo/", "a FIFO queue")]
    public void Start_ADeadLetterQueueThatCannotBe_IsNamed(string url, string why)
    {
        var failure = Assert.Single(Start(new() { ["Operations:letters:DeadLetterQueueUrl"] = url }));

        Assert.Contains("OffloadedPolling:Operations:letters:DeadLetterQueueUrl", failure, StringComparison.Ordinal);
        Assert.Contains(why, failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("https://sqs.eu-west-1.amazonaws.com/123456789012/letters-dead", 0)]
    public void Start_ADeadLetterReaderWithNothingToRead_IsTold(string? url, int failures)
    {
        var services = new ServiceCollection();
        Whole(services.AddOffloadedPolling(Section(new() { ["Operations:letters:DeadLetterQueueUrl"] = url }))).AddDeadLetterReader();

        var told = Validate(services);

        Assert.Equal(failures, told.Count);
        Assert.All(told, failure => Assert.Contains("OffloadedPolling:Operations:letters:DeadLetterQueueUrl is missing", failure, StringComparison.Ordinal));
    }

    private static List<string> StartWithSts(Dictionary<string, string?> settings)
    {
        var services = new ServiceCollection();
        Whole(services.AddOffloadedPolling(Section(settings))).WithSts();
        return Validate(services);
    }

    private static List<string> Start(Dictionary<string, string?> settings)
    {
        var services = new ServiceCollection();
        Whole(services.AddOffloadedPolling(Section(settings)));
        return Validate(services);
    }

    private static IConfigurationSection Section(Dictionary<string, string?> settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["OffloadedPolling:S3:BucketName"] = "status",
            ["OffloadedPolling:Operations:letters:QueueUrl"] = QueueUrl,
        };
        foreach (var (key, value) in settings)
        {
            all[$"OffloadedPolling:{key}"] = value;
        }

        return new ConfigurationBuilder().AddInMemoryCollection(all).Build().GetSection("OffloadedPolling");
    }

    private static IOffloadedPollingBuilder Whole(IOffloadedPollingBuilder builder) =>
        builder.WithS3().WithSqs().AddProvisioning().AddOperation<Letter>("letters", LetterJson.Default);

    private static List<string> Validate(IServiceCollection services)
    {
        services.AddLogging(Shared.RecordingLogger.Watch);
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException wrong)
        {
            return [.. wrong.Failures];
        }
        catch (AggregateException several)
        {
            return [.. several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(wrong => wrong.Failures)];
        }
    }

    private sealed class UnserializableHandler : IOperationHandler<Letter, Uri>
    {
        public Task<Uri> HandleAsync(OperationContext<Letter> context, CancellationToken cancel) => throw new NotSupportedException();
    }
}

internal sealed record Letter(string To);

[JsonSerializable(typeof(Letter))]
internal sealed partial class LetterJson : JsonSerializerContext;
