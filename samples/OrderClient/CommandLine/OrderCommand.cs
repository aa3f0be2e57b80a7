using System.CommandLine;
using System.CommandLine.Parsing;

namespace OrderClient;

/// <summary>Defines the command line.</summary>
internal static class OrderCommand
{
    private static readonly Option<Uri> _host = new("--host")
    {
        Description = "The address of the host, with its path if there is one.",
        DefaultValueFactory = _ => new Uri("http://localhost:5080"),
        CustomParser = result => Values.Read(result, "the host's address, such as http://localhost:5080", Values.HttpAddress),
    };

    private static readonly Option<string?> _token = new("--token")
    {
        Description = "The bearer token, if the host requires one. Prefer the variable ORDERS_TOKEN: "
            + "other users can see arguments in process lists.",
    };

    private static readonly Option<int> _count = new("--count")
    {
        Description = "The number of orders to place.",
        DefaultValueFactory = _ => 1,
        CustomParser = result => Values.Read(result, $"a number from 1 to {Values.MostOrders}", Values.Count),
    };

    private static readonly Option<string> _customer = new("--customer")
    {
        Description = "The name of the customer.",
        DefaultValueFactory = _ => "Ada",
    };

    private static readonly Option<string> _sku = new("--sku")
    {
        Description = "The product to order; out-of-stock fails.",
        DefaultValueFactory = _ => "book",
    };

    private static readonly Option<TimeSpan> _timeout = new("--timeout")
    {
        Description = "How long to follow each order.",
        DefaultValueFactory = _ => TimeSpan.FromMinutes(2),
        CustomParser = result => Values.Read(result, "hours:minutes:seconds, over 0 and at most 49 days, such as 00:02:00", Values.Timeout),
    };

    private static readonly Option<string[]> _resume = new("--resume")
    {
        Description = "The token of an unfinished order of an earlier run, to resume it; repeatable.",
        HelpName = "token",
    };

    public static RootCommand Create()
    {
        const string What = "Places orders with samples/Orders and follows them until they end, without polling the host.";
        var command = new RootCommand(What) { _host, _token, _count, _customer, _sku, _timeout, _resume };
        command.Validators.Add(RefuseNewOrdersWithResume);
        command.SetAction((parsed, cancellationToken) => OrderRun.RunAsync(
            new Arguments
            {
                Host = parsed.GetValue(_host)!,
                Token = parsed.GetValue(_token) ?? Environment.GetEnvironmentVariable("ORDERS_TOKEN"),
                Count = parsed.GetValue(_count),
                Customer = parsed.GetValue(_customer)!,
                Sku = parsed.GetValue(_sku)!,
                Timeout = parsed.GetValue(_timeout),
                ResumeTokens = parsed.GetValue(_resume) ?? [],
            },
            cancellationToken));
        return command;
    }

    private static void RefuseNewOrdersWithResume(CommandResult result)
    {
        Option[] ofNewOrders = [_count, _customer, _sku];
        var given = ofNewOrders.Where(option => result.GetResult(option) is { Implicit: false });
        var names = string.Join(" and ", given.Select(option => option.Name));
        if (result.GetResult(_resume) is not null && names != "")
        {
            result.AddError($"--resume is for orders that are already placed. Remove {names}, which is for new orders.");
        }
    }
}
