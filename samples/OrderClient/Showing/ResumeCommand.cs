using System.Buffers;

namespace OrderClient;

/// <summary>Creates the command line that resumes orders with this program.</summary>
internal static class ResumeCommand
{
    // The characters in file paths and URLs that a shell would interpret.
    private static readonly SearchValues<char> _ofShells = SearchValues.Create(" &;()'*");

    public static string For(Uri host, IEnumerable<string> resumeTokens)
    {
        var address = host.GetLeftPart(UriPartial.Path).TrimEnd('/');
        var resumes = resumeTokens.SelectMany(token => new[] { "--resume", token });
        return string.Join(' ', [.. Program().Select(Quoted), "--host", Quoted(address), .. resumes]);
    }

    private static string[] Program()
    {
        var process = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Environment.GetCommandLineArgs()[0]] : [process];
    }

    private static string Quoted(string word) => word.AsSpan().ContainsAny(_ofShells) ? $"\"{word}\"" : word;
}
