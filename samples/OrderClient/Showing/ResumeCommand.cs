namespace OrderClient;

/// <summary>The command line that goes on with orders: this program, as it was started.</summary>
internal static class ResumeCommand
{
    public static string For(IEnumerable<string> resumeTokens) =>
        string.Join(' ', Program().Select(Quoted).Concat(resumeTokens.SelectMany(token => new[] { "--resume", token })));

    private static string[] Program()
    {
        var process = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Environment.GetCommandLineArgs()[0]] : [process];
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
