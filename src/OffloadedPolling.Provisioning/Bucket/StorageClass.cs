namespace OffloadedPolling.Provisioning;

/// <summary>What S3 bills for in a storage class.</summary>
/// <param name="Name">As S3's API calls it.</param>
/// <param name="GigabyteMonth">USD.</param>
/// <param name="ThousandMoves">USD for a thousand objects that a lifecycle rule moves there.</param>
/// <param name="LeastBytes">What an object is billed as at least.</param>
/// <param name="ExtraBytes">What is billed beside each object at this class's price.</param>
/// <param name="ExtraStandardBytes">What is billed beside each object at the price of Standard.</param>
/// <param name="LeastDays">What an object is billed for at least, however soon it goes.</param>
/// <param name="FirstDay">S3 takes no rule that moves objects there earlier.</param>
/// <param name="IsReadable">Whether a GET, and so a status URL, reads an object there.</param>
/// <remarks>
/// List prices of us-east-1, which eu-west-1's are close to: they tell what costs more from what costs less, and are nobody's bill.
/// https://aws.amazon.com/s3/pricing/, https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
/// </remarks>
internal sealed record StorageClass(
    string Name, double GigabyteMonth, double ThousandMoves = 0, int LeastBytes = 0, int ExtraBytes = 0, int ExtraStandardBytes = 0,
    int LeastDays = 0, int FirstDay = 0, bool IsReadable = true)
{
    private const int Kilobyte = 1024;

    private const double Gigabyte = 1024.0 * 1024 * 1024;

    private const double DaysOfMonth = 30;

    public static readonly StorageClass Standard = new("STANDARD", 0.023);

    /// <summary>Where objects may go, in the order in which they may.</summary>
    public static readonly IReadOnlyList<StorageClass> Cooler = [
        new("STANDARD_IA", 0.0125, 0.01, LeastBytes: 128 * Kilobyte, LeastDays: 30, FirstDay: 30),
        new("ONEZONE_IA", 0.01, 0.01, LeastBytes: 128 * Kilobyte, LeastDays: 30, FirstDay: 30),
        new("GLACIER_IR", 0.004, 0.02, LeastBytes: 128 * Kilobyte, LeastDays: 90),
        new("GLACIER", 0.0036, 0.03, ExtraBytes: 32 * Kilobyte, ExtraStandardBytes: 8 * Kilobyte, LeastDays: 90, IsReadable: false),
        new("DEEP_ARCHIVE", 0.00099, 0.05, ExtraBytes: 32 * Kilobyte, ExtraStandardBytes: 8 * Kilobyte, LeastDays: 180, IsReadable: false),
    ];

    public static StorageClass? Find(string name) => Cooler.FirstOrDefault(each => each.Name == name);

    /// <summary>USD for one object to lie here.</summary>
    public double CostOf(long bytes, double days) => MonthsOf(days) / Gigabyte
        * ((GigabyteMonth * (Math.Max(bytes, LeastBytes) + ExtraBytes)) + (Standard.GigabyteMonth * ExtraStandardBytes));

    /// <summary>USD for one object to be moved here and lie here.</summary>
    public double CostToMove(long bytes, double days) => CostOf(bytes, days) + (ThousandMoves / 1000);

    private static double MonthsOf(double days) => days / DaysOfMonth;
}
