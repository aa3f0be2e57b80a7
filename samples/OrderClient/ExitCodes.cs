namespace OrderClient;

/// <summary>The exit codes of this program.</summary>
internal static class ExitCodes
{
    /// <summary>All orders succeeded.</summary>
    public const int Succeeded = 0;

    /// <summary>An order failed, was canceled, was not placed, or its status can no longer be read.</summary>
    public const int Failed = 1;

    /// <summary>The arguments are wrong, or no host responds at the address.</summary>
    public const int Wrong = 2;

    /// <summary>The timeout or Ctrl+C stopped the program before all orders ended. They can be resumed.</summary>
    public const int UnderWay = 3;
}
