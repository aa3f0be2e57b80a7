using System.Text.RegularExpressions;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Packages;

/// <summary>
/// Follows both parts of the tutorial as a reader does, in two terminals: creates each file, and runs each command that needs no account.
/// </summary>
[Collection(nameof(LocalPackages))]
public sealed partial class TutorialTests(LocalPackages packages)
{
    // The first lines of the blocks that are not run, and why. Commands in sentences are not run either.
    private static readonly Dictionary<string, string> _notRun = new()
    {
        ["dotnet pack src/Packages.slnf -o \"$HOME/offloaded-packages\""] =
            "LocalPackages has packed the packages. A NuGet.Config in the folder replaces the source, which would outlive the test.",
        ["export AWS_REGION=eu-west-1"] =
            "It needs an AWS account. As the page says, the commands of 'Without an AWS account' replace it.",
        ["aws s3 rb --force s3://$OffloadedPolling__S3__BucketName"] =
            "It needs an AWS account.",
        ["sudo apt-get install --no-install-recommends ceph-mon ceph-osd radosgw ceph-common curl openssl"] =
            "test.sh has installed the same packages and started the same servers.",
    };

    // Enough for a build on a slow machine.
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(5);

    private readonly List<TutorialBlock> _left =
        [.. TutorialBlock.Read("docs/tutorial/first-host.md"), .. TutorialBlock.Read("docs/tutorial/onto-aws.md")];

    private readonly string _name = $"tutorial-{Guid.NewGuid():n}";

    private readonly int _port = FreePort.Next();

    [Fact]
    public async Task Tutorial_AllFilesAndCommands_Work()
    {
        var folder = await packages.NewFolderAsync("tutorial");

        // The reader's second terminal, which is next to the projects.
        await using var terminal = new Terminal(folder);
        await using (var hosts = new Terminal(folder))
        {
            await CreateFirstHostAsync(hosts);
            await CallFirstHostAsync(terminal);
        }

        await using (var hosts = new Terminal(Path.Combine(folder, "Reports")))
        {
            await MoveOntoAwsAsync(hosts);
            await CallHostOnAwsAsync(terminal);
            hosts.Output.Should().Contain($"POST http://localhost:{_port}/report").And.NotContain($"http://localhost:{_port}/operations/");
        }

        _left.Select(block => block.FirstLine).Should().BeEquivalentTo(_notRun.Keys);
    }

    private async Task CreateFirstHostAsync(Terminal terminal)
    {
        await FollowAsync(terminal, "2. Create the project");
        await FollowAsync(terminal, "3. Write the payload and the handler");
        await FollowAsync(terminal, "4. Write the host");
    }

    private async Task CallFirstHostAsync(Terminal terminal)
    {
        (await FollowAsync(terminal, "5. Accept an operation"))
            .Should().Contain("HTTP/1.1 202 Accepted").And.Contain($"Location: http://localhost:{_port}/operations/");
        (await FollowAsync(terminal, "6. Watch the progress", until: "\"status\":\"Succeeded\""))
            .Should().Contain("\"message\":\"Adding up quarter").And.Contain("\"text\":\"The year 2026 was a good one.\"");
        (await FollowAsync(terminal, "7. Let an operation fail", until: "\"status\":\"Failed\""))
            .Should().Contain("\"title\":\"No data for this year\"");
        await FollowAsync(terminal, "8. Cancel an operation", until: "\"status\":\"Canceled\"");
        (await FollowAsync(terminal, "9. Write a caller"))
            .Should().Contain("Succeeded 100 %").And.Contain("The year 2026 was a good one.");
    }

    private async Task MoveOntoAwsAsync(Terminal terminal)
    {
        await FollowAsync(terminal, "1. Let the settings choose the store");
        (await FollowAsync(terminal, "Without an AWS account"))
            .Should().Contain("reports:RedrivePolicy: Applied");

        // The page tells the reader to run it again.
        (await terminal.RunAsync("dotnet run -- setup", _timeout))
            .Should().Contain("reports:RedrivePolicy: InSync").And.NotContain("Applied");
        await FollowAsync(terminal, "3. Run the host");
    }

    private async Task CallHostOnAwsAsync(Terminal terminal)
    {
        await FollowAsync(terminal, "3. Run the host", until: "Healthy");
        (await FollowAsync(terminal, "4. Call it"))
            .Should().Contain("HTTP/1.1 202 Accepted").And.Contain($"Location: {TestServers.S3}{_name}/operations/")
            .And.Contain("Succeeded 100 %").And.Contain("The year 2026 was a good one.");
    }

    /// <summary>Follows a section to its end, or until the host runs in the terminal. Returns what its commands print.</summary>
    /// <param name="terminal">The terminal.</param>
    /// <param name="heading">The section. What is already done is left out.</param>
    /// <param name="until">Repeats the last command until it prints this.</param>
    private async Task<string> FollowAsync(Terminal terminal, string heading, string until = "")
    {
        var output = "";
        TutorialBlock? last = null;
        foreach (var block in _left.Where(block => block.Heading == heading && !_notRun.ContainsKey(block.FirstLine)).ToList())
        {
            last = block;
            _left.Remove(block);
            if (block.StartsTheHost)
            {
                await terminal.StartAsync(Substitute(block.Script), AnswersAsync, _timeout);
                return output;
            }

            output += await terminal.RunAsync(Substitute(block.Script), _timeout);
        }

        last.Should().NotBeNull($"the section '{heading}' should have commands");
        await Eventually.TrueAsync(
            async () => output.Contains(until, StringComparison.Ordinal)
                || (output += await terminal.RunAsync(Substitute(last!.LastLine), _timeout)).Contains(until, StringComparison.Ordinal),
            _timeout, () => output);
        return output;
    }

    // The packages, the port, the servers and the names of this run.
    private string Substitute(string text) => AddPackage().Replace(text, $"$& --version {packages.Version}")
        .Replace("localhost:5080", $"localhost:{_port}", StringComparison.Ordinal)
        .Replace("http://127.0.0.1:8000", TestServers.S3.ToString().TrimEnd('/'), StringComparison.Ordinal)
        .Replace("http://127.0.0.1:4566", TestServers.Sqs.ToString().TrimEnd('/'), StringComparison.Ordinal)
        .Replace("/000000000000/reports", $"/000000000000/{_name}", StringComparison.Ordinal)
        .Replace("reports-status", _name, StringComparison.Ordinal);

    private async Task<bool> AnswersAsync()
    {
        using var http = new HttpClient();
        try
        {
            using var response = await http.GetAsync(new Uri($"http://localhost:{_port}/"));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^dotnet add (\w+ )?package \S+$", RegexOptions.Multiline)]
    private static partial Regex AddPackage();
}
