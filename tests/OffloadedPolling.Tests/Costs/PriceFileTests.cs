using Costs;

namespace OffloadedPolling.Tests.Costs;

public sealed class PriceFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    private readonly string _prices = File.ReadAllText(PriceFile.Current);

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Read_ChangedPrice_ReturnsIt()
    {
        File.WriteAllText(_file, _prices.Replace("\"s3Put\": 5.00", "\"s3Put\": 5.40 /* of eu-central-1 */", StringComparison.Ordinal));

        PriceFile.Read(_file).PerMillion.S3Put.Should().Be(5.40m);
    }

    [Theory]
    [InlineData("\"s3Put\": 5.00,", "", "s3Put")]
    [InlineData("\"s3Put\": 5.00,", "\"s3Putt\": 5.00,", "s3Put")]
    [InlineData("\"s3Put\": 5.00,", "\"s3Put\": 5.00, \"s3List\": 5.00,", "s3List")]
    [InlineData("\"s3Put\": 5.00,", "\"s3Put\": -5.00,", "'perMillion.s3Put' is -5")]
    [InlineData("\"s3Put\": 5.00,", "\"s3Put\": \"5.00\",", "perMillion.s3Put")]
    [InlineData("\"s3Put\": 5.00,", "\"s3Put\": 5,00,", "'0' is an invalid")]
    [InlineData("\"logs\": 0.57", "\"logs\": null", "perGb.logs")]
    [InlineData("{", "", "")]
    public void Read_InvalidFile_ThrowsAndNamesTheError(string right, string wrong, string expected)
    {
        _prices.Should().Contain(right);
        File.WriteAllText(_file, _prices.Replace(right, wrong, StringComparison.Ordinal));

        var refused = FluentActions.Invoking(() => PriceFile.Read(_file)).Should().ThrowExactly<InvalidPricesException>().Which;

        refused.Message.Should().Contain(_file);
        refused.Message.Contains(expected, StringComparison.Ordinal).Should().BeTrue();
        refused.Message.Should().Contain("2026-11.json");
    }

    [Fact]
    public void Read_MissingFile_Throws() =>
        FluentActions.Invoking(() => PriceFile.Read("nowhere.json"))
            .Should().ThrowExactly<InvalidPricesException>().Which.Message.Should().Contain("nowhere.json");
}
