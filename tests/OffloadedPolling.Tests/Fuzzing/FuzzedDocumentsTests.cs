using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Tests.Fuzzing;

/// <summary>Checks that altered or truncated documents are read correctly or rejected.</summary>
public sealed class FuzzedDocumentsTests
{
    private static readonly OperationState[] _states = Enum.GetValues<OperationState>();

    private static readonly string[] _known = [.. OperationJson.Status.Properties.Select(property => property.Name)];

    [Fact]
    public Task StatusDocument_Altered_IsReadOrRejected() => Fuzz.Run(percent: 30, seed: 0, random =>
    {
        var written = StatusDocument.Write(Made(random), StatusDocument.MaxBytes);
        var found = random.Next(3) switch
        {
            0 => Mutation.OfBytes(written, random),
            1 => Encoding.UTF8.GetBytes(Mutation.OfJson(Encoding.UTF8.GetString(written), random)),
            _ => written,
        };
        var seen = StatusReading.Document(found, null, null).Status;
        OperationStatus read;
        try
        {
            read = StatusDocument.Read(TestDocuments.Id, "operations/key.json", found);
        }
        catch (InvalidStatusDocumentException)
        {
            (found == written).Should().BeFalse("an unaltered document cannot be read");
            (seen?.Id).Should().NotBe(TestDocuments.Id, "a caller accepts a document that the host rejects");
            return false;
        }

        FindDifference(read, found).Should().BeNull();
        (seen is not null && StatusDocument.Write(seen, int.MaxValue).AsSpan().SequenceEqual(StatusDocument.Write(read, int.MaxValue)))
            .Should().BeTrue("a caller and the host read the document differently");
        (found == written && !StatusDocument.Write(read, int.MaxValue).AsSpan().SequenceEqual(written))
            .Should().BeFalse("an unaltered document is read differently");
        StatusDocument.Write(StatusDocument.Read(read.Id, "", StatusDocument.Write(read, int.MaxValue)), int.MaxValue)
            .Should().Equal(StatusDocument.Write(read, int.MaxValue));
        return true;
    });

    [Fact]
    public Task AcceptedOperation_Altered_IsReadOrRejected() => Fuzz.Run(percent: 10, seed: 1_000_000, random =>
    {
        var written = Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(Accepted(random), OperationJson.Accepted));
        var found = random.Next(3) switch
        {
            0 => Encoding.UTF8.GetString(Mutation.OfBytes(Encoding.UTF8.GetBytes(written), random)),
            1 => Mutation.OfJson(written, random),
            _ => written,
        };
        using var response = new HttpResponseMessage(System.Net.HttpStatusCode.Accepted) { Content = new StringContent(found) };
        AcceptedOperation read;
        try
        {
            read = OperationPoller.ReadAcceptedAsync(response).GetAwaiter().GetResult();
        }
        catch (JsonException)
        {
            found.Should().NotBe(written, "an unaltered response cannot be read");
            return false;
        }

        using var json = JsonDocument.Parse(found);
        read.StatusUrl.Should().Be(json.RootElement.GetProperty("statusUrl").GetString());
        (Uri.TryCreate(read.StatusUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http").Should().BeTrue();
        (read is { Id: not null, RetryAfter.Ticks: >= 0 } && Enum.IsDefined(read.Status)).Should().BeTrue();
        return true;
    });

    // Parses the text without the library's code and compares the results.
    private static string? FindDifference(OperationStatus read, byte[] found)
    {
        using var json = JsonDocument.Parse(found);
        var root = json.RootElement;
        // Unknown members may contain anything.
        var names = root.EnumerateObject()
            .Select(member => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member))).Where(_known.Contains).ToList();
        return names.Count != names.Distinct().Count() ? "a member is duplicated"
            : root.GetProperty("id").GetString() != TestDocuments.Id || read.Id != TestDocuments.Id ? "the id differs"
            : root.GetProperty("kind").GetString() is not { } kind || kind != read.Kind ? "the kind differs"
            : root.GetProperty("status").GetString() != read.State.ToString() ? "the state differs"
            : root.GetProperty("lastUpdatedAt").GetDateTimeOffset() != read.LastUpdatedAt ? "lastUpdatedAt differs"
            : read.Attempt < 1 || read.PercentComplete is < 0 or > 100 ? "a number is out of range"
            : read.Estimate is { } estimate && (estimate.Median < TimeSpan.Zero || estimate.Upper < TimeSpan.Zero)
                ? "the estimate is negative"
            : read.PercentComplete is { } percent && root.GetProperty("percentComplete").GetInt32() != percent ? "the progress differs"
            : null;
    }

    private static OperationStatus Made(Random random) => TestDocuments.Waiting() with
    {
        State = _states[random.Next(_states.Length)],
        LastUpdatedAt = DateTimeOffset.UnixEpoch.AddMilliseconds(random.NextInt64(4_000_000_000_000)),
        Attempt = random.Next(2) == 0 ? null : random.Next(1, 11),
        PercentComplete = random.Next(2) == 0 ? null : random.Next(101),
        Message = random.Next(2) == 0 ? null : "Reserving \u00fc \ud83d\udce6 \"stock\"",
        Estimate = random.Next(2) == 0 ? null : new OperationEstimate { Median = TimeSpan.FromSeconds(5), Upper = TimeSpan.FromSeconds(9) },
        Result = random.Next(3) > 0 ? null : JsonDocument.Parse("""{"a":[1,{"b":null}]}""").RootElement,
        Error = random.Next(3) > 0 ? null : new OperationProblem { Title = "Out of stock", Status = 409 },
    };

    private static AcceptedOperation Accepted(Random random) => new()
    {
        Id = TestDocuments.Id,
        Status = _states[random.Next(_states.Length)],
        StatusUrl = "https://bucket.s3.eu-west-1.amazonaws.com/operations/0123.json?X-Amz-Expires=300&X-Amz-Signature=0123abcd",
        StatusUrlExpiresAt = DateTimeOffset.UnixEpoch.AddYears(60),
        OperationUrl = "/operations/0123",
        RetryAfter = TimeSpan.FromSeconds(3.4),
    };
}
