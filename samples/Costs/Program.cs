using System.Globalization;
using Costs;

// Figures are formatted the same on every machine.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var parsed = CostCommand.Create().Parse(args);
foreach (var error in parsed.Errors)
{
    Console.Error.WriteLine(error.Message);
}

return parsed.Errors.Count > 0 ? 2 : parsed.Invoke();
