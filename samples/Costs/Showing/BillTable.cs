using System.Globalization;
using Spectre.Console;

namespace Costs;

/// <summary>Shows the bills side by side.</summary>
internal static class BillTable
{
    public static void Show(IAnsiConsole console, IReadOnlyList<Bill> bills)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (var bill in bills)
        {
            table.AddColumn(new TableColumn(bill.Name).RightAligned());
        }

        foreach (var what in bills.SelectMany(bill => bill.Lines.Select(line => line.What)).Distinct().OrderBy(what => what == "egress"))
        {
            table.AddRow([what, .. bills.Select(bill => Cost(bill.Lines.FirstOrDefault(line => line.What == what)?.Cost))]);
        }

        table.AddEmptyRow();
        table.AddRow(["a month", .. bills.Select(bill => Cost(bill.Total))]);
        console.Write(table);
    }

    private static string Cost(decimal? cost) => cost?.ToString("#,0.00", CultureInfo.InvariantCulture) ?? "";
}
