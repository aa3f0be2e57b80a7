using System.Net.Http.Headers;
using System.Text.Json;
using OffloadedPolling.Client;

namespace OrderClient;

/// <summary>One run: places orders or resumes those of an earlier run, follows them, and prints a summary.</summary>
internal sealed class OrderRun(Wish wish, OrderPlacer placer, OrderFollower follower, Figures figures)
{
    // For a single bar, extra polls show progress. Many orders show how often the library polls by default.
    private static readonly TimeSpan _barMoves = TimeSpan.FromSeconds(2);

    private readonly NewOrder _order = new(wish.Customer, [new NewOrderItem(wish.Sku, 1)]);

    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(Wish wish, CancellationToken stop)
    {
        var figures = new Figures();
        var credentials = string.IsNullOrEmpty(wish.Token) ? null : new AuthenticationHeaderValue("Bearer", wish.Token);
        using var placer = new OrderPlacer(wish.Host, credentials, figures);
        var isOne = wish.ResumeTokens.Count == 1 || (wish.ResumeTokens.Count == 0 && wish.Count == 1);
        using var follower = new OrderFollower(wish.Host, credentials, wish.Timeout, isOne ? _barMoves : null, figures);
        var run = new OrderRun(wish, placer, follower, figures);
        return wish.ResumeTokens.Count > 0 ? await run.ResumeAsync(stop) : await run.PlaceAsync(stop);
    }

    private async Task<int> ResumeAsync(CancellationToken stop)
    {
        var orders = NewOrders(wish.ResumeTokens.Count);
        Task[] following;
        try
        {
            following = [.. orders.Zip(wish.ResumeTokens, (order, token) => follower.ResumeAsync(order, token, stop))];
        }
        catch (FormatException wrong)
        {
            return Wrong($"--resume: {wrong.Message}");
        }
        catch (ArgumentException)
        {
            return Wrong(
                $"--resume: A token is for an operation at another host than {wish.Host}. Set --host to the address of its host.");
        }

        return await ShowAsync(orders, Task.WhenAll(following));
    }

    private async Task<int> PlaceAsync(CancellationToken stop)
    {
        var orders = NewOrders(wish.Count);

        // The first order is placed before the others, because one is enough to find out that no host responds.
        var first = await PlaceAsync(orders[0], stop);
        if (orders[0].Outcome == Outcome.Unanswered && !stop.IsCancellationRequested)
        {
            return Wrong($"No host responds at {wish.Host}: {orders[0].Reason} "
                + "Start it with dotnet run --project samples/Orders, or set --host to its address.");
        }

        List<Task> following =
        [
            FollowAsync(orders[0], Task.FromResult(first), stop),
            .. orders.Skip(1).Select(order => FollowAsync(order, PlaceAsync(order, stop), stop)),
        ];
        return await ShowAsync(orders, Task.WhenAll(following));
    }

    private async Task FollowAsync(FollowedOrder order, Task<AcceptedOperation?> placing, CancellationToken stop)
    {
        if (await placing is { } accepted)
        {
            figures.SeeStatusUrl(accepted.StatusUrl);
            await follower.FollowAsync(order, accepted, stop);
        }
    }

    private async Task<AcceptedOperation?> PlaceAsync(FollowedOrder order, CancellationToken stop)
    {
        try
        {
            return await placer.PlaceAsync(_order, stop);
        }
        catch (HttpRequestException refusal) when (refusal.StatusCode is not null)
        {
            order.End(Outcome.NotPlaced, refusal.Message);
        }
        catch (JsonException nonsense)
        {
            order.End(Outcome.NotPlaced, nonsense.Message);
        }
        catch (HttpRequestException silence)
        {
            order.End(Outcome.Unanswered, $"{silence.Message}.");
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
        Summary.Write(Console.Out, orders, figures, wish.Host);
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
