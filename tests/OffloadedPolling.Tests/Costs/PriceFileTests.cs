using Costs;

namespace OffloadedPolling.Tests.Costs;

public sealed class PriceFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    private readonly string _prices = File.ReadAllText(PriceFile.Current);

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void APriceThatWasChanged_Counts()
    {
        File.WriteAllText(_file, _prices.Replace("\"s3Put\": 5.00", "\"s3Put\": 5.40 /* of eu-central-1 */", StringComparison.Ordinal));

        Assert.Equal(5.40m, PriceFile.Read(_file).PerMillion.S3Put);
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
    public void AListThatIsWrong_IsRefusedWithWhat(string right, string wrong, string expected)
    {
        Assert.Contains(right, _prices, StringComparison.Ordinal);
        File.WriteAllText(_file, _prices.Replace(right, wrong, StringComparison.Ordinal));

        var refused = Assert.Throws<InvalidPricesException>(() => PriceFile.Read(_file));

        Assert.Contains(_file, refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains("2026-11.json", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AListThatIsNotThere_IsRefused() =>
        Assert.Contains("nowhere.json", Assert.Throws<InvalidPricesException>(() => PriceFile.Read("nowhere.json")).Message, StringComparison.Ordinal);
}
