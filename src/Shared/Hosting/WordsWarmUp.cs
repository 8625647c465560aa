using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>
/// Reads a few words for nobody as soon as the process is up. The patterns of opt-outs and of the guard are large: whoever texts first, maybe STOP, would wait for their compilation (2.9 s on a busy
/// machine of two cores, measured 2026-11-30). Nothing waits for it.
/// </summary>
/// <param name="readings">Each reads some words by the patterns that customers' words are read by.</param>
public sealed class WordsWarmUp(IReadOnlyList<Action> readings) : BackgroundService
{
    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunOnceAsync(stoppingToken);

    /// <summary>All of it, beside whoever asks.</summary>
    public Task RunOnceAsync(CancellationToken cancel) => Task.Run(() =>
    {
        foreach (var reading in readings)
        {
            try
            {
                reading();
            }
            catch (RegexMatchTimeoutException)
            {
                // The compilation took what a match may take; it is there now.
            }
        }
    }, cancel);
}
