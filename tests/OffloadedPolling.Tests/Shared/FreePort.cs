using System.Net;
using System.Net.Sockets;

namespace OffloadedPolling.Tests.Shared;

/// <summary>Ports of loopback for programs that are told where to listen.</summary>
internal static class FreePort
{
    /// <summary>
    /// One that nobody listens at, below the range that the system gives to outgoing connections: a program that is started again finds it
    /// free, and who tries to connect until it listens is never connected to himself.
    /// </summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 26_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody's.
            }
        }
    }
}
