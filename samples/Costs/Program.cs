using System.Globalization;
using Costs;

// Figures look the same everywhere.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var parsed = CostCommand.Create().Parse(args);
foreach (var error in parsed.Errors)
{
    Console.Error.WriteLine(error.Message);
}

return parsed.Errors.Count > 0 ? 2 : parsed.Invoke();
