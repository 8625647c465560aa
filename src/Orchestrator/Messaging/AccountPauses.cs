using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>
/// Lets a tenant's messages wait, without a call, while its account at the vendor is dead, unreachable or over its limit, and bounds how many of them are with the vendor at once:
/// one franchise's trouble costs nobody else a slot.
/// </summary>
/// <typeparam name="TAccount">Compared by its values: another one (a new token) begins anew.</typeparam>
/// <remarks>
/// After <see cref="Many"/> such ends in a row the messages wait; then one of them is a probe, and each that fails doubles the wait. It is asked for whole groups, before
/// a message is handed over, and answers without a call; a library's breaker is asked by making the call (docs/decisions/0009).
/// </remarks>
public abstract partial class AccountPauses<TAccount>(string vendor, ILogger logger)
    where TAccount : class, IEquatable<TAccount>
{
    /// <summary>So many ends in a row that are the account's or the way's fault, and no message's.</summary>
    public const int Many = 5;

    /// <summary>Messages of one tenant that are with the vendor at once, from this process.</summary>
    public const int MostAtOnce = 100;

    /// <summary>The fault of an account that the vendor refuses.</summary>
    protected const string Denied = "denied";

    // A tenant that was at its bound goes on when a good part of it is free again, and not one text at a time.
    private const int FewEnough = MostAtOnce * 3 / 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // A refused key parks each probe's message for a person: not as many as a night has half minutes.
    private static readonly TimeSpan LongestPauseOfADeadKey = TimeSpan.FromMinutes(5);

    // A probe that never came to its call, because the gate kept its message back, is given to another.
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WhenFull = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, State> _states = [];

    /// <summary>The tenants none of whose messages may go out now: better not claimed.</summary>
    public Guid[] Waiting()
    {
        lock (_lock)
        {
            var now = Stopwatch.GetTimestamp();
            return [.. _states.Where(entry => entry.Value.RestsUntil > now || (entry.Value.IsPaused ? entry.Value.Until > now : entry.Value.IsFull)).Select(entry => entry.Key)];
        }
    }

    /// <summary>Do a tenant's messages wait because of its account? As far as this process knows.</summary>
    public bool IsResting(Guid tenantId)
    {
        lock (_lock)
        {
            var now = Stopwatch.GetTimestamp();
            return _states.TryGetValue(tenantId, out var state) && (state.RestsUntil > now || (state.IsPaused && state.Until > now));
        }
    }

    /// <summary>How many of a tenant's messages may be handed over now.</summary>
    /// <param name="wanted">So many are there.</param>
    /// <param name="wait">Real time after which the others may be tried again.</param>
    public int Ask(Guid tenantId, TAccount account, int wanted, out TimeSpan wait)
    {
        lock (_lock)
        {
            wait = WhenFull;
            if (!_states.TryGetValue(tenantId, out var state) || !state.Account.Equals(account))
            {
                _states[tenantId] = state = new State(account);
            }

            var now = Stopwatch.GetTimestamp();
            if (state.RestsUntil > now)
            {
                wait = Stopwatch.GetElapsedTime(now, state.RestsUntil);
                return 0;
            }

            if (!state.IsPaused)
            {
                var allowed = Math.Min(wanted, Math.Max(0, MostNow(state.InARow) - state.UnderWay));
                state.IsFull = allowed < wanted;
                return allowed;
            }

            if (state.Until > now)
            {
                wait = Stopwatch.GetElapsedTime(now, state.Until);
                return 0;
            }

            (state.IsProbing, state.Until, wait) = (true, now + Ticks(ProbePatience), FirstPause);
            return Math.Min(wanted, 1);
        }
    }

    /// <summary>A message of this tenant is about to be called for.</summary>
    public void Began(Guid tenantId, TAccount account)
    {
        lock (_lock)
        {
            if (StateOf(tenantId, account) is { } state)
            {
                state.UnderWay++;
            }
        }
    }

    /// <summary>The call has ended.</summary>
    /// <returns>Whether messages that waited may go out now.</returns>
    public bool Ended(Guid tenantId, TAccount account, SendOutcome outcome)
    {
        lock (_lock)
        {
            if (StateOf(tenantId, account) is not { } state)
            {
                return false;
            }

            state.UnderWay--;
            if (outcome is SendOutcome.NotSent { RetryAfter: { } rest })
            {
                // The vendor's own word counts for the account, and at once; not one of many hours, which would be a slip.
                state.RestsUntil = Math.Max(state.RestsUntil, Stopwatch.GetTimestamp() + Ticks(rest < LongestPauseOfADeadKey ? rest : LongestPauseOfADeadKey));
            }

            var isFreeAgain = state.IsFull && state.UnderWay <= FewEnough;
            state.IsFull &= !isFreeAgain;
            return Fault(outcome) is { } fault ? Count(tenantId, state, fault) && isFreeAgain : GoOn(tenantId, state) || isFreeAgain;
        }
    }

    // The crowd that was under way when the account died counts once: the pause grows with each probe, not with each message.
    private bool Count(Guid tenantId, State state, string fault)
    {
        state.InARow++;
        if (state.InARow == Many || (state.IsPaused && state.IsProbing))
        {
            var longest = fault == Denied ? LongestPauseOfADeadKey : LongestPause;
            state.Pause = state.Pause == TimeSpan.Zero ? FirstPause : state.Pause * 2 < longest ? state.Pause * 2 : longest;
            (state.IsProbing, state.Until) = (false, Stopwatch.GetTimestamp() + Ticks(state.Pause));
            Waits(logger, tenantId, vendor, fault, state.Pause);
        }

        return !state.IsPaused;
    }

    private bool GoOn(Guid tenantId, State state)
    {
        var wasPaused = state.IsPaused;
        if (wasPaused)
        {
            GoesOn(logger, tenantId, vendor);
        }

        (state.InARow, state.Pause, state.IsProbing) = (0, TimeSpan.Zero, false);
        return wasPaused;
    }

    // A call that ends after its account was exchanged says nothing about the new one.
    private State? StateOf(Guid tenantId, TAccount account) => _states.GetValueOrDefault(tenantId) is { } state && state.Account.Equals(account) ? state : null;

    /// <summary>What says nothing of the message, and all of the account or the way to it: one machine word, or null.</summary>
    protected abstract string? Fault(SendOutcome outcome);

    /// <summary>How many may be under way after so many such faults in a row.</summary>
    protected virtual int MostNow(int faultsInARow) => MostAtOnce;

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private sealed class State(TAccount account)
    {
        public TAccount Account { get; } = account;

        public int InARow { get; set; }

        public int UnderWay { get; set; }

        public bool IsFull { get; set; }

        public bool IsProbing { get; set; }

        public TimeSpan Pause { get; set; }

        public long RestsUntil { get; set; }

        public long Until { get; set; }

        public bool IsPaused => InARow >= Many;
    }

    [LoggerMessage(3113, LogLevel.Warning, "The messages of tenant {TenantId} wait for {Pause}: its account at {Vendor} failed again and again ({Fault})")]
    private static partial void Waits(ILogger logger, Guid tenantId, string vendor, string fault, TimeSpan pause);

    [LoggerMessage(3114, LogLevel.Information, "The messages of tenant {TenantId} go out again by {Vendor}")]
    private static partial void GoesOn(ILogger logger, Guid tenantId, string vendor);
}
