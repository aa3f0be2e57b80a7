using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OffloadedPolling.IntegrationTests.Servers;

/// <summary>
/// A TCP relay in front of a server that can simulate an outage: it refuses connections, or holds all data until it recovers.
/// </summary>
internal sealed class SwitchedServer : IAsyncDisposable
{
    private readonly IPEndPoint _upstream;

    private readonly ConcurrentDictionary<Socket, bool> _open = new();

    private readonly CancellationTokenSource _disposed = new();

    private readonly int _port;

    private TcpListener _listener;

    private Task _accepting;

    private volatile TaskCompletionSource? _held;

    private SwitchedServer(Uri upstream)
    {
        _upstream = new IPEndPoint(IPAddress.Loopback, upstream.Port);
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    public Uri Address => new($"http://127.0.0.1:{_port}");

    public static SwitchedServer Start(Uri upstream) => new(upstream);

    /// <summary>Closes all connections and refuses new ones.</summary>
    public async Task RefuseAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (var socket in _open.Keys)
        {
            socket.Dispose();
        }
    }

    /// <summary>Accepts connections but forwards nothing.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the outage.</summary>
    public void Recover()
    {
        if (Interlocked.Exchange(ref _held, null) is { } held)
        {
            held.SetResult();
        }
        else
        {
            _listener = new TcpListener(IPAddress.Loopback, _port);
            _listener.Start();
            _accepting = AcceptAsync(_listener);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await RefuseAsync();
        _disposed.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = RelayAsync(await listener.AcceptSocketAsync(_disposed.Token));
            }
        }
        catch (Exception stopped)
            when (stopped is SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The listener was stopped.
        }
    }

    private async Task RelayAsync(Socket caller)
    {
        using var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (caller)
        {
            (_open[caller], _open[upstream]) = (true, true);
            try
            {
                await upstream.ConnectAsync(_upstream);
                await Task.WhenAny(PassAsync(caller, upstream), PassAsync(upstream, caller));
            }
            catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
            {
                // Expected when the relay closes its connections.
            }

            _open.TryRemove(caller, out _);
            _open.TryRemove(upstream, out _);
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var received)
            {
                if (_held is { } held)
                {
                    await held.Task;
                }

                await to.SendAsync(buffer.AsMemory(0, received));
            }
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            // Expected when the relay closes its connections.
        }
    }
}
