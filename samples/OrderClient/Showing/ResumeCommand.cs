namespace OrderClient;

/// <summary>The command line that goes on with orders: this program, as it was started.</summary>
internal static class ResumeCommand
{
    public static string For(Uri host, IEnumerable<string> resumeTokens)
    {
        var address = host.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        return string.Join(' ', [.. Program().Select(Quoted), "--host", address, .. resumeTokens.SelectMany(token => new[] { "--resume", token })]);
    }

    private static string[] Program()
    {
        var process = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Environment.GetCommandLineArgs()[0]] : [process];
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
