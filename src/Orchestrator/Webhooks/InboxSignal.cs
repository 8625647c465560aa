using System.Threading.Channels;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Wakes a worker of this process at once; several calls before it looks are one.</summary>
public class WakeUp
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>There is work.</summary>
    public void Wake() => _channel.Writer.TryWrite(true);

    /// <summary>Waits for a call, at most this long: other processes don't call here, so that time is the backstop.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(atMost);
        try
        {
            await _channel.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
        }
    }
}

/// <summary>Wakes the inbox's worker.</summary>
public sealed class InboxSignal : WakeUp;
