using System.Text.RegularExpressions;
using OffloadedPolling.Sts;

namespace OffloadedPolling.Tests.Sts;

public sealed partial class SessionNameTests
{
    [Theory]
    [InlineData("ada")]
    [InlineData("ada.lovelace@example.com")]
    [InlineData("6f0c2f3c-9d6b-4b1f-8a5e-0d6b7c1e2f30")]
    [InlineData("a_b+c,d.e@f-g")]
    public void FromCaller_ValidName_IsUnchanged(string caller) =>
        SessionName.FromCaller(caller, SessionName.MostOfRole).Should().Be(caller);

    [Theory]
    [InlineData("a")]
    [InlineData("Ada Lovelace")]
    [InlineData("größe")]
    [InlineData("auth0|5f7c8ec7c33c6c004bbafe82")]
    [InlineData("a=b")]
    [InlineData("👩")]
    [InlineData("a-very-long-name-of-a-caller-that-no-session-can-be-called-as-it-is@example.com")]
    public void FromCaller_InvalidName_IsMadeValid(string caller)
    {
        foreach (var most in (int[])[SessionName.MostOfRole, SessionName.MostOfFederatedUser])
        {
            var name = SessionName.FromCaller(caller, most);

            name.Length.Should().BeInRange(2, most);
            name.Should().MatchRegex(ValidName());
            SessionName.FromCaller(caller, most).Should().Be(name);
        }
    }

    [Fact]
    public void FromCaller_SimilarCallers_GetDifferentNames()
    {
        string[] callers = ["ada b", "ada  b", "adab", "ada.b", "ada/b", "ADA B", new('a', 65), new('a', 66), new('a', 64)];

        var names = callers.Select(caller => SessionName.FromCaller(caller, SessionName.MostOfRole)).ToList();

        names.Distinct().Should().HaveCount(callers.Length);
    }

    [Fact]
    public void FromCaller_NameOfAnotherSession_GetsDifferentName()
    {
        var victims = SessionName.FromCaller("Ada Lovelace", SessionName.MostOfRole);

        SessionName.FromCaller(victims, SessionName.MostOfRole).Should().NotBe(victims);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_+=,.@-]*\z")]
    private static partial Regex ValidName();
}
