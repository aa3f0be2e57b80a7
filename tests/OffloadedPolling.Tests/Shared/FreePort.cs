using System.Net;
using System.Net.Sockets;

namespace OffloadedPolling.Tests.Shared;

/// <summary>Finds free loopback ports for programs that need a fixed port.</summary>
internal static class FreePort
{
    /// <summary>
    /// Returns a port without a listener, below the range that the system uses for outgoing connections. A program that restarts finds the
    /// port still free, and a client that tries to connect until the program listens never connects to itself.
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
                // The port is in use.
            }
        }
    }
}
