using System.Net.Http.Headers;
using System.Text.Json;
using OffloadedPolling.Client;

namespace OrderClient;

/// <summary>One run: places orders or resumes those of an earlier run, follows them, and prints a summary.</summary>
internal sealed class OrderRun(Arguments arguments, OrderPlacer placer, OrderFollower follower, Figures figures)
{
    // For a single bar, extra polls show progress. Many orders show how often the library polls by default.
    private static readonly TimeSpan _barMoves = TimeSpan.FromSeconds(2);

    private readonly NewOrder _order = new(arguments.Customer, [new NewOrderItem(arguments.Sku, 1)]);

    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        var figures = new Figures();
        var credentials = string.IsNullOrEmpty(arguments.Token) ? null : new AuthenticationHeaderValue("Bearer", arguments.Token);
        using var placer = new OrderPlacer(arguments.Host, credentials, figures);
        var isOne = arguments.ResumeTokens.Count == 1 || (arguments.ResumeTokens.Count == 0 && arguments.Count == 1);
        using var follower = new OrderFollower(arguments.Host, credentials, arguments.Timeout, isOne ? _barMoves : null, figures);
        var run = new OrderRun(arguments, placer, follower, figures);
        return arguments.ResumeTokens.Count > 0 ? await run.ResumeAsync(cancellationToken) : await run.PlaceAsync(cancellationToken);
    }

    private async Task<int> ResumeAsync(CancellationToken cancellationToken)
    {
        var orders = NewOrders(arguments.ResumeTokens.Count);
        Task[] following;
        try
        {
            following = [.. orders.Zip(arguments.ResumeTokens, (order, token) => follower.ResumeAsync(order, token, cancellationToken))];
        }
        catch (FormatException wrong)
        {
            return Wrong($"--resume: {wrong.Message}");
        }
        catch (ArgumentException)
        {
            return Wrong(
                $"--resume: A token is for an operation at another host than {arguments.Host}. Set --host to the address of its host.");
        }

        return await ShowAsync(orders, Task.WhenAll(following));
    }

    private async Task<int> PlaceAsync(CancellationToken cancellationToken)
    {
        var orders = NewOrders(arguments.Count);

        // The first order is placed before the others, because one is enough to find out that no host responds.
        var first = await PlaceAsync(orders[0], cancellationToken);
        if (orders[0].Outcome == Outcome.Unanswered && !cancellationToken.IsCancellationRequested)
        {
            return Wrong($"No host responds at {arguments.Host}: {orders[0].Reason} "
                + "Start it with dotnet run --project samples/Orders, or set --host to its address.");
        }

        List<Task> following =
        [
            FollowAsync(orders[0], Task.FromResult(first), cancellationToken),
            .. orders.Skip(1).Select(order => FollowAsync(order, PlaceAsync(order, cancellationToken), cancellationToken)),
        ];
        return await ShowAsync(orders, Task.WhenAll(following));
    }

    private async Task FollowAsync(FollowedOrder order, Task<AcceptedOperation?> placing, CancellationToken cancellationToken)
    {
        if (await placing is { } accepted)
        {
            figures.SeeStatusUrl(accepted.StatusUrl);
            await follower.FollowAsync(order, accepted, cancellationToken);
        }
    }

    private async Task<AcceptedOperation?> PlaceAsync(FollowedOrder order, CancellationToken cancellationToken)
    {
        try
        {
            if (await placer.PlaceAsync(_order, cancellationToken) is { } accepted)
            {
                return accepted;
            }

            order.End(Outcome.NotPlaced, "Stopped before it was sent.");
        }
        catch (Exception refusal) when (refusal is JsonException or HttpRequestException { StatusCode: not null })
        {
            order.End(Outcome.NotPlaced, refusal.Message);
        }
        catch (HttpRequestException silence) when (silence.StatusCode is null)
        {
            order.End(Outcome.Unanswered, $"{silence.Message.TrimEnd('.')}.");
        }
        catch (OperationCanceledException)
        {
            order.End(Outcome.Unanswered, "Stopped.");
        }

        return null;
    }

    private async Task<int> ShowAsync(IReadOnlyList<FollowedOrder> orders, Task following)
    {
        await Progress.ShowAsync(orders, following);
        await following;
        Summary.Write(Console.Out, orders, figures, arguments.Host);
        return orders.Any(order => order.Outcome == Outcome.UnderWay) ? ExitCodes.UnderWay
            : orders.All(order => order.Outcome == Outcome.Succeeded) ? ExitCodes.Succeeded
            : ExitCodes.Failed;
    }

    private static FollowedOrder[] NewOrders(int count) => [.. Enumerable.Range(1, count).Select(number => new FollowedOrder(number))];

    private static int Wrong(string what)
    {
        Console.Error.WriteLine(what);
        return ExitCodes.Wrong;
    }
}
