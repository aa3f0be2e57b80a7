using System.CommandLine;

namespace OrderClient;

/// <summary>The command line: what can be given, and what to give where it is wrong.</summary>
internal static class OrderCommand
{
    private static readonly Option<Uri> _host = new("--host")
    {
        Description = "The host's address, with the path that it lies under if there is one.",
        DefaultValueFactory = _ => new Uri("http://localhost:5080"),
        CustomParser = result => Values.Read(result, "the host's address, such as http://localhost:5080", Values.HttpAddress),
    };

    private static readonly Option<string?> _token = new("--token")
    {
        Description = "The bearer token, for a host that demands one. Unset, that of ORDERS_TOKEN, which no list of processes shows.",
    };

    private static readonly Option<int> _count = new("--count")
    {
        Description = "How many orders to place.",
        DefaultValueFactory = _ => 1,
        CustomParser = result => Values.Read(result, $"a number from 1 to {Values.MostOrders}", Values.Count),
    };

    private static readonly Option<string> _customer = new("--customer")
    {
        Description = "Whose orders they are.",
        DefaultValueFactory = _ => "Ada",
    };

    private static readonly Option<string> _sku = new("--sku")
    {
        Description = "What is ordered; of out-of-stock there is none.",
        DefaultValueFactory = _ => "book",
    };

    private static readonly Option<TimeSpan> _timeout = new("--timeout")
    {
        Description = "How long each order is followed.",
        DefaultValueFactory = _ => TimeSpan.FromMinutes(2),
        CustomParser = result => Values.Read(result, "hours:minutes:seconds, over 0 and at most 49 days, such as 00:02:00", Values.Timeout),
    };

    private static readonly Option<string[]> _resume = new("--resume")
    {
        Description = "Goes on with an order that an earlier run left under way; may be given several times.",
        HelpName = "token",
    };

    public static RootCommand Create()
    {
        const string What = "Places orders with samples/Orders and follows them to their ends, without asking the host how they are.";
        var command = new RootCommand(What) { _host, _token, _count, _customer, _sku, _timeout, _resume };
        command.Validators.Add(result =>
        {
            Option[] ofNewOrders = [_count, _customer, _sku];
            var given = ofNewOrders.Where(option => result.GetResult(option) is { Implicit: false });
            var names = string.Join(" and ", given.Select(option => option.Name));
            if (result.GetResult(_resume) is not null && names != "")
            {
                result.AddError($"--resume goes on with orders that are placed. Leave {names} out, which is for new ones.");
            }
        });
        command.SetAction((parsed, stop) => OrderRun.RunAsync(
            new Wish
            {
                Host = parsed.GetValue(_host)!,
                Token = parsed.GetValue(_token) ?? Environment.GetEnvironmentVariable("ORDERS_TOKEN"),
                Count = parsed.GetValue(_count),
                Customer = parsed.GetValue(_customer)!,
                Sku = parsed.GetValue(_sku)!,
                Timeout = parsed.GetValue(_timeout),
                ResumeTokens = parsed.GetValue(_resume) ?? [],
            },
            stop));
        return command;
    }
}
