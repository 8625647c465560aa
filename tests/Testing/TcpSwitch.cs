using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LeadOrchestrator.Testing;

/// <summary>A wire that can fail: listens on a port of its own and passes bytes on to a server, until it is told otherwise.</summary>
public sealed class TcpSwitch : IAsyncDisposable
{
    private readonly Func<CancellationToken, Task<Socket>> _connect;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, Socket> _pairs = new();
    private long _requests;
    private Socket? _listener;
    private TaskCompletionSource _flow = Open();

    private TcpSwitch(Func<CancellationToken, Task<Socket>> connect)
    {
        _connect = connect;
        _listener = Listen(0);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    /// <summary>Where it listens on 127.0.0.1; stays the same over refuse and restore.</summary>
    public int Port { get; }

    /// <summary>How many connections are open through it now.</summary>
    public int Connections => _pairs.Count;

    /// <summary>How many pieces clients have sent: one for each round trip that begins.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>May change what clients send on its way, as some poolers and proxies do.</summary>
    public Action<Memory<byte>>? Tamper { get; set; }

    /// <summary>A wire to a test's PostgreSQL; use it with <see cref="TestDatabase.UrlOnPort"/>.</summary>
    public static TcpSwitch Before(TestDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return Before(database.Host, database.Port);
    }

    /// <summary>A wire to any server.</summary>
    public static TcpSwitch Before(string host, int port) => new(cancel => ConnectAsync(host, port, cancel));

    /// <summary>A wire whose other end is chosen for each connection, as a load balancer does. The client's is closed when that fails.</summary>
    public static TcpSwitch Before(Func<CancellationToken, Task<Socket>> connect) => new(connect);

    /// <summary>Opens a connection, without delay for small pieces.</summary>
    public static async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The server is gone: connections are reset, new ones are refused.</summary>
    public void Refuse()
    {
        _listener?.Dispose();
        _listener = null;
        Cut();
    }

    /// <summary>Resets what is open now; new connections work.</summary>
    public void Cut()
    {
        foreach (var (client, server) in _pairs)
        {
            Reset(client);
            Reset(server);
        }
    }

    /// <summary>The network swallows everything without a word: connections open, nothing comes.</summary>
    public void BlackHole() => Interlocked.Exchange(ref _flow, new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>As if nothing had been; swallowed bytes arrive now.</summary>
    public void Restore()
    {
        _listener ??= Listen(Port);
        Interlocked.Exchange(ref _flow, Open()).TrySetResult();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Refuse();
        _flow.TrySetResult();
        _stop.Dispose();
    }

    private Socket Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(128);
        _ = AcceptAsync(listener, _stop.Token);
        return listener;
    }

    private async Task AcceptAsync(Socket listener, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                _ = PassOnAsync(await listener.AcceptAsync(cancel), cancel);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Refusing, or the end of the test.
        }
    }

    private async Task PassOnAsync(Socket client, CancellationToken cancel)
    {
        client.NoDelay = true;
        _pairs[client] = client; // So that it is cut with the others while its other end is still being opened.
        Socket? server = null;
        try
        {
            server = await _connect(cancel);
            _pairs[client] = server;
            await Task.WhenAny(PumpAsync(client, server, isRequest: true, cancel), PumpAsync(server, client, isRequest: false, cancel));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Cut.
        }
        finally
        {
            _pairs.TryRemove(client, out _);
            client.Dispose();
            server?.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isRequest, CancellationToken cancel)
    {
        try
        {
            var buffer = new byte[16384];
            while (await from.ReceiveAsync(buffer, cancel) is > 0 and var count)
            {
                if (isRequest)
                {
                    Interlocked.Increment(ref _requests);
                    Tamper?.Invoke(buffer.AsMemory(0, count));
                }

                await Volatile.Read(ref _flow).Task;
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), cancel);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Cut.
        }
    }

    // Zero linger: the other end sees a reset, as when a machine dies, and not a polite end.
    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        socket.Dispose();
    }

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
