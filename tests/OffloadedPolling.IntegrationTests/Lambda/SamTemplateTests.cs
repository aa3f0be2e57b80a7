using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OffloadedPolling.IntegrationTests.Servers;
using OffloadedPolling.Provisioning;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>The template of samples/Orders.Lambda has what the library requires, and no more.</summary>
public sealed class SamTemplateTests
{
    private static readonly string _project = typeof(SamTemplateTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "LambdaProject").Value!;

    private readonly SamTemplate _template = SamTemplate.Read(Path.GetDirectoryName(_project)!);

    private static string Documents => Path.Combine(Path.GetDirectoryName(_project)!, "..", "..", "docs");

    [Fact]
    public void References_AreDefined()
    {
        var names = _template.Resources.Select(resource => resource.Key)
            .Concat(_template.Root["Parameters"]!.AsObject().Select(parameter => parameter.Key));

        _template.References().Should().NotBeEmpty();
        _template.References().Except(names).Should().BeEmpty();
    }

    [Fact]
    public void RuntimeAndEventSources_MatchRequirements()
    {
        ((string)_template.Function["Runtime"]!).Should().Be("dotnet10");
        var sources = _template.OfType("AWS::Lambda::EventSourceMapping").Select(source => source.Value!["Properties"]!).ToList();
        sources.Should().HaveCount(2);
        sources.Should().AllSatisfy(source =>
            ((string)source["FunctionResponseTypes"]!.AsArray().Single()!).Should().Be("ReportBatchItemFailures"));
        sources.Should().AllSatisfy(source => ((int)source["BatchSize"]!).Should().BeInRange(
            1, int.Parse(_template.Environment["OffloadedPolling__Operations__orders__MaxConcurrency"], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Timeouts_AreConsistent()
    {
        var timeout = (int)_template.Function["Timeout"]!;
        TimeSpan.Parse(_template.Environment["Orders__FunctionTimeout"], CultureInfo.InvariantCulture)
            .Should().Be(TimeSpan.FromSeconds(timeout));
        ((int)_template.Properties("Orders")["VisibilityTimeout"]!).Should().BeGreaterThanOrEqualTo(6 * timeout);
        ((int)_template.Properties("DeadOrders")["VisibilityTimeout"]!).Should().BeGreaterThanOrEqualTo(6 * timeout);

        // A message must not outlive its document.
        TimeSpan.FromSeconds((int)_template.Properties("Orders")["MessageRetentionPeriod"]!)
            .Should().BeLessThanOrEqualTo(new OffloadedPollingOptions().Retention);
        ((string)_template.Properties("Orders")["RedrivePolicy"]!["deadLetterTargetArn"]!["Fn::GetAtt"]!).Should().Be("DeadOrders.Arn");
        ((int)_template.Properties("Orders")["RedrivePolicy"]!["maxReceiveCount"]!)
            .Should().BeGreaterThanOrEqualTo(5, "AWS recommends at least 5: throttled invocations count as receives");
    }

    [Fact]
    public async Task Bucket_MatchesToCloudFormation()
    {
        const string Origin = "https://pages.example.com";
        await using var host = await TestHost.CreateAsync(
            s3: new Uri("https://s3.eu-west-1.amazonaws.com"), bucket: "bucket-of-the-stack",
            build: builder => builder.AddProvisioning().Services.Configure<S3Options>(s3 => s3.AllowedOrigins.Add(Origin)));
        var written = JsonNode.Parse(host.Services.GetRequiredService<StatusBucket>().ToCloudFormation())!["Resources"]!.AsObject();
        written["StatusBucket"]!["Properties"]!.AsObject().Remove("BucketName");

        foreach (var resource in new[] { "StatusBucket", "StatusBucketPolicy" })
        {
            // Replaces what only AWS knows.
            var here = _template.Resources[resource]!.ToJsonString()
                .Replace("""{"Fn::Sub":"${StatusBucket.Arn}"}""", "\"arn:aws:s3:::bucket-of-the-stack\"", StringComparison.Ordinal)
                .Replace("""{"Fn::Sub":"${StatusBucket.Arn}/*"}""", "\"arn:aws:s3:::bucket-of-the-stack/*\"", StringComparison.Ordinal)
                .Replace(
                    """{"Fn::Sub":"${StatusBucket.Arn}/operations/*"}""",
                    "\"arn:aws:s3:::bucket-of-the-stack/operations/*\"",
                    StringComparison.Ordinal)
                .Replace(
                    """{"Fn::Sub":"https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}""",
                    $"\"{Origin}\"",
                    StringComparison.Ordinal);
            JsonNode.DeepEquals(written[resource], JsonNode.Parse(here))
                .Should().BeTrue($"{resource} should be\n{written[resource]}\nand is\n{JsonNode.Parse(here)}");
        }
    }

    [Theory]
    [InlineData("ApiRole", "dynamodb:GetItem", "host", "health check")]
    [InlineData("WorkerRole", "dynamodb:PutItem", "worker")]
    [InlineData("DeadLetterRole", null, "dead-letter reader")]
    public void Roles_HaveExactlyDocumentedPermissions(string role, string? onTable, params string[] who)
    {
        var expected = who.SelectMany(Permissions).Select(permission => (On: permission.On switch
        {
            "`arn:aws:s3:::BUCKET/operations/*`" => "${StatusBucket.Arn}/operations/*",
            "`arn:aws:s3:::BUCKET/operations-profiles/*`" => "${StatusBucket.Arn}/operations-profiles/*",
            "`arn:aws:s3:::BUCKET`" => "StatusBucket.Arn",
            "the queues" => "Orders.Arn",
            "the dead-letter queues" => "DeadOrders.Arn",
            _ => throw new InvalidOperationException(permission.On),
        }, permission.Action)).ToHashSet();
        expected.UnionWith([("Logs.Arn", "logs:CreateLogStream"), ("Logs.Arn", "logs:PutLogEvents")]);
        if (onTable is not null)
        {
            expected.Add(("OrderTable.Arn", onTable));
        }

        var policy = _template.Properties(role)["Policies"]!.AsArray().Single()!["PolicyDocument"]!["Statement"]!.AsArray();
        var allowed = policy.SelectMany(statement => Actions(statement!["Action"]!).Select(action =>
            (On: (string)statement["Resource"]!.AsObject().Single().Value!, action))).ToHashSet();

        allowed.Order().Should().Equal(expected.Order());
        policy.Should().AllSatisfy(statement => ((string)statement!["Effect"]!).Should().Be("Allow"));
    }

    private static IEnumerable<string> Actions(JsonNode action) =>
        action is JsonArray list ? list.Select(each => (string)each!) : [(string)action!];

    private static List<(string On, string Action)> Permissions(string who)
    {
        var permissions = File.ReadLines(Path.Combine(Documents, "reference", "permissions.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 5 && cells[1] == who && !cells[2].Contains("role", StringComparison.Ordinal))
            .SelectMany(cells => cells[3].Split(',', StringSplitOptions.TrimEntries).Select(action => (cells[2], action.Trim('`'))))
            .ToList();
        permissions.Should().NotBeEmpty();
        return permissions;
    }
}
