using System.Globalization;
using Spectre.Console;

namespace Costs;

/// <summary>Shows the totals as bars.</summary>
internal static class BillBars
{
    private const int Widest = 60;

    public static void Show(IAnsiConsole console, IReadOnlyList<Bill> bills)
    {
        var most = bills.Max(bill => bill.Total);
        var name = bills.Max(bill => bill.Name.Length);
        foreach (var bill in bills)
        {
            var width = most == 0 ? 0 : (int)Math.Round(Widest * bill.Total / most, MidpointRounding.AwayFromZero);
            console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{bill.Name.PadRight(name)}  {new string('█', width)} {bill.Total:#,0.00}"));
        }
    }
}
