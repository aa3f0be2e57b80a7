using OffloadedPolling.Provisioning;

namespace OffloadedPolling.Tests.Provisioning;

/// <summary>What a move to another storage class costs and saves.</summary>
public sealed class TransitionStepTests
{
    [Fact]
    public void CostInWords_TenKilobytesInStandardIa_AreSevenTimesAsDear()
    {
        var step = Assert.Single(TransitionStep.Of([new() { StorageClass = "STANDARD_IA", AfterDays = 30 }], 365));

        Assert.StartsWith("a document of 10,240 bytes costs 6.96 times as much to keep in STANDARD_IA as in STANDARD", step.CostInWords(10 * 1024), StringComparison.Ordinal);
    }

    [Fact]
    public void LeastBytesToSave_IsWhereCostAndSavingMeet()
    {
        var step = Assert.Single(TransitionStep.Of([new() { StorageClass = "STANDARD_IA", AfterDays = 30 }], 365));

        var least = step.LeastBytesToSave(1024 * 1024)!.Value;

        Assert.Equal((true, false), (step.Saves(least), step.Saves(least - 1)));
        Assert.InRange(least, 100_000, 160_000);
        Assert.Null(step.LeastBytesToSave(16 * 1024));
    }

    [Fact]
    public void Warning_SmallDocumentsMayMove_SaysFromWhichSizeItSaves()
    {
        var step = Assert.Single(TransitionStep.Of([new() { StorageClass = "STANDARD_IA", AfterDays = 30 }], 365));

        Assert.Contains($"Set TransitionsAboveBytes to {step.LeastBytesToSave(1024 * 1024)} at least", step.Warning(0, 1024 * 1024), StringComparison.Ordinal);
        Assert.Contains("of 10,240 bytes costs 6.96 times", step.Warning(0, 1024 * 1024), StringComparison.Ordinal);
        Assert.Null(step.Warning(512 * 1024, 1024 * 1024));
    }

    [Fact]
    public void Warning_AnArchive_SaysThatNobodyCanReadThere()
    {
        var steps = TransitionStep.Of([new() { StorageClass = "STANDARD_IA", AfterDays = 30 }, new() { StorageClass = "DEEP_ARCHIVE", AfterDays = 90 }], 365);

        Assert.Equal((60, 275), (steps[0].Days, steps[1].Days));
        Assert.Contains("from day 90 after its last change callers get 403", steps[1].Warning(900_000, 1024 * 1024), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GLACIER", 90)]
    [InlineData("DEEP_ARCHIVE", 180)]
    public void CostOf_AnArchive_CountsFortyKilobytesBesideEachObject(string name, int days)
    {
        var archive = StorageClass.Find(name)!;
        var months = days / 30.0;

        var overhead = archive.CostOf(0, days) * 1024 * 1024 / months;

        Assert.Equal((32 * archive.GigabyteMonth) + (8 * 0.023), overhead, precision: 9);
    }
}
