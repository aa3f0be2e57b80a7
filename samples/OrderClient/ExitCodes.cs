namespace OrderClient;

/// <summary>What this program tells whoever started it.</summary>
internal static class ExitCodes
{
    /// <summary>All orders succeeded.</summary>
    public const int Succeeded = 0;

    /// <summary>An order failed, was canceled, was not placed, or cannot be followed any further.</summary>
    public const int Failed = 1;

    /// <summary>Wrong arguments, or no host at that address.</summary>
    public const int Wrong = 2;

    /// <summary>Stopped, by the timeout or by Ctrl+C, with orders under way that can be followed again.</summary>
    public const int UnderWay = 3;
}
