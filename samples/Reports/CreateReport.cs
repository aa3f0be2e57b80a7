namespace Reports;

/// <summary>What a caller sends, and what the handler receives.</summary>
internal sealed record CreateReport(int Year);

/// <summary>What the handler returns, and what the caller reads in the status.</summary>
internal sealed record Report(string Text);
