using Spectre.Console;

namespace OrderClient;

/// <summary>Shows the progress of orders while they are followed.</summary>
internal static class Progress
{
    public static Task ShowAsync(IReadOnlyList<FollowedOrder> orders, Task following) =>
        AnsiConsole.Profile.Out.IsTerminal && AnsiConsole.Profile.Capabilities.Ansi
            ? Bars.ShowAsync(orders, following)
            : PlainLines.ShowAsync(orders, following);
}
