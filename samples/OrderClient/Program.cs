using OrderClient;

var parsed = OrderCommand.Create().Parse(args);
foreach (var error in parsed.Errors)
{
    Console.Error.WriteLine(error.Message);
}

return parsed.Errors.Count > 0 ? ExitCodes.Wrong : await parsed.InvokeAsync();
