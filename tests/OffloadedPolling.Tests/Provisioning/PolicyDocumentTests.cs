using System.Text.Json.Nodes;
using OffloadedPolling.Provisioning;

namespace OffloadedPolling.Tests.Provisioning;

/// <summary>Tests changes to a policy that contains third-party statements.</summary>
public sealed class PolicyDocumentTests
{
    private const string Sid = "OffloadedPollingTest";

    [Fact]
    public void With_RandomThirdPartyPolicy_KeepsEveryStatement()
    {
        var random = new Random(20261125);
        for (var run = 0; run < 500; run++)
        {
            var foreign = RandomPolicy(random);
            var hadOwn = random.Next(2) == 0 && foreign["Statement"] is JsonArray;
            if (hadOwn)
            {
                foreign["Statement"]!.AsArray().Insert(0, Own("old"));
            }

            var merged = JsonNode.Parse(SharedDocument.Policy.With(foreign.ToJsonString(), Sid, Own("new").ToJsonString())!)!.AsObject();

            var before = foreign["Statement"] is JsonArray several ? several : new JsonArray(foreign["Statement"]!.DeepClone());
            var after = merged["Statement"]!.AsArray();
            after.Should().HaveCount(before.Count + (hadOwn ? 0 : 1));
            ThirdPartyStatements(after).Should().Equal(ThirdPartyStatements(before));
            after.Should().ContainSingle(each => SidOf(each) == Sid).Which!["Action"]!.GetValue<string>().Should().Be("new");
            OtherMembers(merged).Should().Equal(OtherMembers(foreign));
        }
    }

    [Fact]
    public void With_SameStatementTwice_IsUnchanged()
    {
        var once = SharedDocument.Policy.With(null, Sid, Own("a").ToJsonString());

        SharedDocument.Policy.With(once, Sid, Own("a").ToJsonString()).Should().Be(once);
    }

    [Fact]
    public void With_NoStatement_RemovesOnlyOwnStatement()
    {
        var policy =
            new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray(Own("a"), new JsonObject { ["Sid"] = "theirs" }) };

        SharedDocument.Policy.With(policy.ToJsonString(), Sid, null)
            .Should().Be("""{"Version":"2012-10-17","Statement":[{"Sid":"theirs"}]}""");
        SharedDocument.Policy.With(null, Sid, null).Should().BeNull();
    }

    [Theory]
    [InlineData("[]", "not an object")]
    [InlineData("{", "cannot be read without loss")]
    [InlineData("{}", "with a Statement that is a list or an object")]
    [InlineData("""{"Statement":[{"Sid":"a","Sid":"b"}]}""", "cannot be read without loss")]
    public void Find_UnreadablePolicy_Throws(string policy, string why) =>
        FluentActions.Invoking(() => SharedDocument.Policy.Find(policy, Sid))
            .Should().ThrowExactly<PartException>().Which.Message.Should().Contain(why);

    [Fact]
    public void Find_DuplicateSid_Throws()
    {
        var policy = new JsonObject { ["Statement"] = new JsonArray(Own("a"), Own("b")) };

        FluentActions.Invoking(() => SharedDocument.Policy.Find(policy.ToJsonString(), Sid)).Should().ThrowExactly<PartException>();
    }

    [Theory]
    [InlineData("""{"a":"x"}""", """{"a":["x"]}""", true)]
    [InlineData("""{"a":["x","y"],"b":1}""", """{"b":"1","a":["y","x"]}""", true)]
    [InlineData("""{"a":false}""", """{"a":"false"}""", true)]
    [InlineData("""{"a":"x"}""", """{"a":"X"}""", false)]
    [InlineData("""{"a":"x"}""", """{"a":"x","b":"y"}""", false)]
    public void MeaningOf_EquivalentPolicies_IsEqual(string left, string right, bool same) =>
        (SharedDocument.Policy.MeaningOf(left) == SharedDocument.Policy.MeaningOf(right)).Should().Be(same);

    private static JsonObject Own(string action) => new() { ["Sid"] = Sid, ["Effect"] = "Deny", ["Action"] = action };

    private static string? SidOf(JsonNode? statement) => (statement as JsonObject)?["Sid"]?.GetValue<string>();

    private static List<string> ThirdPartyStatements(JsonArray statements) =>
        [.. statements.Where(each => SidOf(each) != Sid).Select(each => each!.ToJsonString())];

    private static List<string> OtherMembers(JsonObject policy) =>
        [.. policy.Where(member => member.Key != "Statement").Select(member => $"{member.Key}={member.Value?.ToJsonString()}")];

    private static JsonObject RandomPolicy(Random random)
    {
        var policy = new JsonObject { ["Version"] = random.Next(2) == 0 ? "2012-10-17" : "2008-10-17" };
        for (var more = random.Next(3); more > 0; more--)
        {
            policy[Text(random)] = RandomValue(random, 2);
        }

        policy["Statement"] = random.Next(4) == 0
            ? Statement(random)
            : new JsonArray([.. Enumerable.Range(0, random.Next(5)).Select(_ => Statement(random))]);
        return policy;
    }

    private static JsonObject Statement(Random random)
    {
        var statement = new JsonObject();
        if (random.Next(2) == 0)
        {
            statement["Sid"] = $"{Sid}{Text(random)}";
        }

        for (var more = random.Next(1, 5); more > 0; more--)
        {
            statement[Text(random)] = RandomValue(random, 3);
        }

        return statement;
    }

    private static JsonNode? RandomValue(Random random, int depth) => random.Next(depth > 0 ? 6 : 4) switch
    {
        0 => JsonValue.Create(Text(random)),
        1 => JsonValue.Create(random.Next()),
        2 => JsonValue.Create(random.Next(2) == 0),
        3 => JsonNode.Parse("1.50e3"),
        4 => new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => RandomValue(random, depth - 1))]),
        _ => new JsonObject([.. Enumerable.Range(0, random.Next(3)).Select(at =>
            KeyValuePair.Create($"{Text(random)}{at}", RandomValue(random, depth - 1)))]),
    };

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => "abcXYZ:/*-\"\\<é✓"[random.Next(15)]));
}
