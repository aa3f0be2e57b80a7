namespace Reports;

/// <summary>The request that a caller sends, and the payload that the handler receives.</summary>
internal sealed record CreateReport(int Year);

/// <summary>The result that the handler returns, and that the caller reads in the status.</summary>
internal sealed record Report(string Text);
