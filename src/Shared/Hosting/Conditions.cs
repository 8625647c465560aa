using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>A check that fails in some process: what, how, since when, and what a person does about it. Words only; never a key, a name or a number of a person.</summary>
public sealed record Condition(string Check, string State, DateTimeOffset Since, string Fix);

/// <summary>
/// What this process knows of the vendors, the doors and the database from its real traffic. <c>/health</c> shows it; the heartbeat tells the other
/// processes, so that one address is enough for the operator.
/// </summary>
public sealed partial class Conditions(ILogger<Conditions> logger)
{
    private readonly ConcurrentDictionary<string, Known> _known = new();

    /// <summary>Everything that fails.</summary>
    public IReadOnlyList<Condition> Failing =>
        [.. _known.Values.Select(known => known.Failure).OfType<Condition>().OrderBy(failure => failure.Check, StringComparer.Ordinal)];

    /// <summary>Everything that was asked at least once and is well, with the time at which it last was.</summary>
    public IReadOnlyList<(string Check, DateTimeOffset LastSeen)> Well =>
        [.. _known.Where(entry => entry.Value is { Failure: null, LastWell: not null }).Select(entry => (entry.Key, entry.Value.LastWell!.Value)).OrderBy(entry => entry.Key, StringComparer.Ordinal)];

    /// <summary>It worked.</summary>
    /// <param name="only">Ends this state alone; null = whatever it was.</param>
    public void Succeeded(string check, string? only = null)
    {
        var known = _known.GetOrAdd(check, _ => new Known());
        lock (known)
        {
            if (known.Failure is { } failure && (only is null || failure.State == only))
            {
                known.Failure = null;
                Recovered(logger, check, failure.State);
            }

            known.InARow = 0;
            known.LastWell = Now;
        }
    }

    /// <summary>It failed.</summary>
    /// <param name="state">One word: denied, outage, disk_full, …</param>
    /// <param name="fix">What a person does about it; one or two sentences.</param>
    /// <param name="most">As many failures in a row are weather. 0 = the first one counts.</param>
    public void Failed(string check, string state, string fix, int most = 0)
    {
        var known = _known.GetOrAdd(check, _ => new Known());
        lock (known)
        {
            if (++known.InARow <= most || known.Failure?.State == state)
            {
                return;
            }

            known.Failure = new Condition(check, state, Now, fix);
            Began(logger, check, state, fix);
        }
    }

    // An operator's clock, not business time: "since" is compared with what else happened on this machine.
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private sealed class Known
    {
        public Condition? Failure { get; set; }

        public DateTimeOffset? LastWell { get; set; }

        public int InARow { get; set; }
    }

    [LoggerMessage(1030, LogLevel.Error, "{Check} is {State}: {Fix}")]
    private static partial void Began(ILogger logger, string check, string state, string fix);

    [LoggerMessage(1031, LogLevel.Information, "{Check} is well again; it was {State}")]
    private static partial void Recovered(ILogger logger, string check, string state);
}
