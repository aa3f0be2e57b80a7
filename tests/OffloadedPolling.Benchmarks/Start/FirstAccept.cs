using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OffloadedPolling.Tests.Shared;

namespace OffloadedPolling.Benchmarks.Start;

/// <summary>
/// Measures one start of samples/Orders. The caller retries until the program listens, and its order is the first request.
/// </summary>
internal static class FirstAccept
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _betweenTries = TimeSpan.FromMilliseconds(1);

    /// <summary>Starts a program, which is an executable or an assembly for <c>dotnet</c>, and stops it.</summary>
    /// <returns>The time from the start of the process to the 202.</returns>
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
                throw new InvalidOperationException($"{program} stopped during startup:\n{await output}");
            }

            using var response = await answer;
            var elapsed = Stopwatch.GetElapsedTime(begun);
            return response.StatusCode == HttpStatusCode.Accepted
                ? elapsed
                : throw new InvalidOperationException(
                    $"{program} returned {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(timeout.Token)}");
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
                // The program does not listen yet.
                socket.Dispose();
                await Task.Delay(_betweenTries, cancellationToken);
            }
        }
    }
}
