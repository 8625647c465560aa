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

    /// <summary>Works in rounds until the stop: one after the other while more may be due, else with the next call. A bad round stops nothing.</summary>
    /// <param name="round">One round; whether more may be due.</param>
    /// <param name="atMost">The backstop between rounds.</param>
    /// <param name="failed">Tells of a bad round; how long to wait at most for the next one.</param>
    /// <param name="gather">How long to let more come after a call.</param>
    public async Task RoundsAsync(
        Func<CancellationToken, Task<bool>> round, TimeSpan atMost, Func<Exception, TimeSpan> failed, CancellationToken stopping, TimeSpan gather = default)
    {
        ArgumentNullException.ThrowIfNull(round);
        ArgumentNullException.ThrowIfNull(failed);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var wait = atMost;
                try
                {
                    while (await round(stopping))
                    {
                    }
                }
                catch (Exception exception) when (!stopping.IsCancellationRequested)
                {
                    // One bad round must not stop the host (the default).
                    wait = failed(exception);
                }

                await WaitAsync(wait, stopping);
                await Task.Delay(gather, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }
}

/// <summary>Wakes the inbox's worker.</summary>
public sealed class InboxSignal : WakeUp;
