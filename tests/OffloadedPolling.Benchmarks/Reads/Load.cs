using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace OffloadedPolling.Benchmarks.Reads;

/// <summary>
/// Sends GET requests to one URL over several connections, one after another on each, with as little overhead as possible.
/// </summary>
internal static class Load
{
    /// <summary>
    /// Returns the number of responses. The first must be a 200 that contains <paramref name="mark"/>, and all must have the same length.
    /// </summary>
    public static long Measure(Uri url, int connections, TimeSpan duration, string mark)
    {
        var request = Encoding.ASCII.GetBytes($"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n\r\n");
        var watch = Stopwatch.StartNew();
        long answers = 0;
        var threads = Enumerable.Range(0, connections)
            .Select(_ => new Thread(() => Interlocked.Add(ref answers, Ask(url, request, mark, watch, duration)))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return answers;
    }

    private static long Ask(Uri url, byte[] request, string mark, Stopwatch watch, TimeSpan duration)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(url.Host, url.Port);
        var buffer = new byte[16 * 1024];
        var length = ReadFirst(socket, request, buffer, mark);
        long answers = 1;
        for (; watch.Elapsed < duration; answers++)
        {
            socket.Send(request);
            var received = 0;
            while (received < length)
            {
                received += Receive(socket, buffer);
            }

            if (received != length || !buffer.AsSpan().StartsWith("HTTP/1.1 200"u8))
            {
                throw new InvalidOperationException($"{url.AbsolutePath} returned a different response.");
            }
        }

        return answers;
    }

    private static int ReadFirst(Socket socket, byte[] request, byte[] buffer, string mark)
    {
        socket.Send(request);
        var received = 0;
        while (true)
        {
            received += socket.Receive(buffer, received, buffer.Length - received, SocketFlags.None);
            var text = Encoding.UTF8.GetString(buffer, 0, received);
            if (text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)
                && text.Contains(mark, StringComparison.Ordinal) && text.EndsWith('}'))
            {
                return received;
            }

            if (!text.StartsWith("HTTP/1.1 200"[..Math.Min(12, received)], StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"The first response is not valid: {text}");
            }
        }
    }

    private static int Receive(Socket socket, byte[] buffer) =>
        socket.Receive(buffer) is var length and > 0 ? length : throw new InvalidOperationException("The server closed the connection.");
}
