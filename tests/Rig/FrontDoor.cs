using System.Net.Sockets;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Rig;

/// <summary>
/// A load balancer as one stands before any deployment: gives each connection to the next copy that says it is ready, and asks them
/// for that every 250 ms. When none is, it tries them all the same; where there is none, it refuses.
/// </summary>
public sealed class FrontDoor : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);
    private readonly IReadOnlyList<RigService> _copies;
    private readonly bool[] _isReady;
    private readonly TcpSwitch _switch;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _asking;
    private uint _next;

    internal FrontDoor(IReadOnlyList<RigService> copies)
    {
        _copies = copies;
        _isReady = new bool[copies.Count];
        _switch = TcpSwitch.Before(ConnectAsync);
        _asking = AskAsync();
    }

    /// <summary>Its address: the one that vendors and customers know.</summary>
    public Uri Url => new($"http://127.0.0.1:{_switch.Port}");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _asking;
        await _switch.DisposeAsync();
        _stop.Dispose();
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancel)
    {
        if (_copies.Count == 0)
        {
            throw new SocketException((int)SocketError.ConnectionRefused);
        }

        var first = (int)(Interlocked.Increment(ref _next) % (uint)_copies.Count);
        var order = Enumerable.Range(0, _copies.Count).Select(offset => (first + offset) % _copies.Count).OrderByDescending(index => Volatile.Read(ref _isReady[index]));
        SocketException? last = null;
        foreach (var index in order)
        {
            try
            {
                return await TcpSwitch.ConnectAsync("127.0.0.1", _copies[index].Port, cancel);
            }
            catch (SocketException refused)
            {
                last = refused;
            }
        }

        throw last!;
    }

    private async Task AskAsync()
    {
        using var timer = new PeriodicTimer(Every);
        try
        {
            do
            {
                await Task.WhenAll(_copies.Select(async (copy, index) => Volatile.Write(ref _isReady[index], await copy.IsReadyAsync())));
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The rig is taken down.
        }
    }
}
