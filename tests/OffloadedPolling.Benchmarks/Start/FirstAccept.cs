using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Benchmarks.Start;

/// <summary>
/// One start of samples/Orders, by a caller who tries until it listens, and whose order is the first request that it gets.
/// </summary>
internal static class FirstAccept
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _betweenTries = TimeSpan.FromMilliseconds(1);

    /// <summary>Starts a program, an executable or one for <c>dotnet</c>, and ends it again.</summary>
    /// <returns>The time from its start to the 202.</returns>
    public static async Task<TimeSpan> MeasureAsync(string program, IReadOnlyDictionary<string, string?> settings)
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        var isDll = Path.GetExtension(program) == ".dll";
        var start = new ProcessStartInfo(isDll ? "dotnet" : program, isDll ? [program] : []) { RedirectStandardOutput = true };
        start.Environment["URLS"] = $"http://{address}";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var timeout = new CancellationTokenSource(_timeout);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (_, cancellationToken) => ConnectAsync(address, cancellationToken),
        });
        using var order = new StringContent(
            """{"customer":"Ada","items":[{"sku":"book","quantity":1}]}""", Encoding.UTF8, "application/json");
        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var answer = http.PostAsync(new Uri($"http://{address}/order"), order, timeout.Token);
            if (await Task.WhenAny(answer, output) == output)
            {
                throw new InvalidOperationException($"{program} stopped at its start:\n{await output}");
            }

            using var response = await answer;
            var elapsed = Stopwatch.GetElapsedTime(begun);
            return response.StatusCode == HttpStatusCode.Accepted
                ? elapsed
                : throw new InvalidOperationException(
                    $"{program} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(timeout.Token)}");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(timeout.Token);
        }
    }

    private static async ValueTask<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException)
            {
                // It does not listen yet.
                socket.Dispose();
                await Task.Delay(_betweenTries, cancellationToken);
            }
        }
    }
}
