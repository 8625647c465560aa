using System.Collections.Concurrent;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>
/// Whose list of texts is to be read before what was planned earlier goes on: everybody's after a start, and after something could not be stored. A no may stand in it of which Twilio
/// tells no second time; and a database that is an older copy of its disk is known by the list alone.
/// </summary>
public sealed class UnreadLists(TimeProvider clock)
{
    /// <summary>A vendor that does not show its list stops nothing for longer (real time).</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<Guid, int> _read = new();
    private volatile Miss _last = new(0, 0, default);
    private long _keptAt;

    /// <summary>How often something was missed: what a reading that begins now is good for.</summary>
    public int Misses => _last.Number;

    /// <summary>Something may have come that was not stored: each list is to be read anew.</summary>
    public void Missed() => _last = new Miss(_last.Number + 1, clock.GetTimestamp(), clock.GetUtcNow());

    /// <summary>Was this franchise's list read since something was missed?</summary>
    public bool IsRead(Guid tenantId) => _last.Number == 0 || _read.GetValueOrDefault(tenantId) == _last.Number;

    /// <summary>A list was read to its end.</summary>
    /// <param name="misses">As they were before it.</param>
    /// <returns>Whether something may have waited for that.</returns>
    public bool Read(Guid tenantId, int misses)
    {
        var isNews = !IsRead(tenantId);
        _read[tenantId] = misses;
        return isNews;
    }

    /// <summary>Does something of this franchise wait until its list is read? Who wrote, or asked for a quote, after what was missed does not: they are talked with now.</summary>
    /// <param name="askedAt">When they did (business time); null = it was planned without that.</param>
    public bool Keeps(Guid tenantId, DateTimeOffset? askedAt)
    {
        var keeps = _last is var last && IsYoung(last) && !(askedAt >= last.Since) && !IsRead(tenantId);
        if (keeps)
        {
            Volatile.Write(ref _keptAt, clock.GetTimestamp());
        }

        return keeps;
    }

    /// <summary>Waits a moment when something was just kept: it is due as before, and would be claimed again at once.</summary>
    public Task RestAsync(CancellationToken cancel) =>
        Volatile.Read(ref _keptAt) is var at and > 0 && clock.GetElapsedTime(at) < Rest ? Task.Delay(Rest, clock, cancel) : Task.CompletedTask;

    /// <summary>Is it time to read what is unread? At once, and every few seconds while something may wait for it.</summary>
    public bool IsToBeRead()
    {
        var last = _last;
        if (!IsYoung(last) || (last.TriedAt is { } at && clock.GetElapsedTime(at) < Again))
        {
            return false;
        }

        last.TriedAt = clock.GetTimestamp();
        return true;
    }

    private bool IsYoung(Miss miss) => miss.Number > 0 && clock.GetElapsedTime(miss.At) < LongestWait;

    private sealed record Miss(int Number, long At, DateTimeOffset Since)
    {
        public long? TriedAt { get; set; }
    }
}
