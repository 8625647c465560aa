namespace LeadOrchestrator.Shared.Hosting;

/// <summary>
/// Whether this machine's clock is right, as far as the database's says so. The legal hours of every text are judged by it: a clock that is an hour ahead texts people at seven in the morning.
/// </summary>
public sealed class ClockWatch(TimeProvider clock, PlatformSettings settings, Conditions conditions)
{
    /// <summary>The name of the check.</summary>
    public const string Check = "clock";

    /// <summary>Machines that ask the same time server are milliseconds apart.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    private volatile bool _isWrong;
    private long _ahead;

    /// <summary>Nothing is to be begun whose hour matters.</summary>
    public bool IsWrong => _isWrong;

    /// <summary>What time the database says it is, while this machine's clock is wrong; null = they agree. For what is heard and cannot wait until it is right.</summary>
    public DateTimeOffset? Corrected => _isWrong ? Now - TimeSpan.FromTicks(Interlocked.Read(ref _ahead)) : null;

    /// <summary>What time it is here; what a database says after it is compared with that.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The database has told its time, at some instant between two of ours.</summary>
    public void Compare(DateTimeOffset before, DateTimeOffset told)
    {
        // Business time that tests set has no right and wrong.
        if (settings.TestClockUrl is not null)
        {
            return;
        }

        Interlocked.Exchange(ref _ahead, (Now - told).Ticks);
        _isWrong = told < before - Most || told > Now + Most;
        if (_isWrong)
        {
            conditions.Failed(Check, "wrong", "This machine's clock and the database's differ by more than half a minute, so nothing is sent or taken up from here: legal hours could be missed, and what is fresh taken for too old. Set both by a time server (NTP).");
        }
        else
        {
            conditions.Succeeded(Check);
        }
    }
}
