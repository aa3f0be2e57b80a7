namespace OrderClient;

/// <summary>The command line that goes on with orders: this program, as it was started.</summary>
internal static class ResumeCommand
{
    public static string For(Uri host, IEnumerable<string> resumeTokens)
    {
        var address = host.GetLeftPart(UriPartial.Path).TrimEnd('/');
        return string.Join(' ', [.. Program().Select(Quoted), "--host", Quoted(address), .. resumeTokens.SelectMany(token => new[] { "--resume", token })]);
    }

    private static string[] Program()
    {
        var process = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Environment.GetCommandLineArgs()[0]] : [process];
    }

    // What a shell would take for its own: blanks, and what the path of an address may hold.
    private static string Quoted(string word) => word.AsSpan().ContainsAny(" &;()'*") ? $"\"{word}\"" : word;
}
