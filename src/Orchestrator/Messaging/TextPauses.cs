using System.Diagnostics;
using LeadOrchestrator.Orchestrator.Vendors;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>
/// Lets a tenant's texts wait, without a call, while its account at Twilio is dead, unreachable or over its limit, and bounds how many of them are with Twilio at once:
/// one franchise's trouble costs nobody else a slot.
/// </summary>
/// <remarks>
/// After <see cref="Many"/> such ends in a row the texts wait; then one of them is a probe, and each that fails doubles the wait. Another account (a new token) begins
/// anew. It is asked for whole groups, before a text is handed over, and answers without a call; a library's breaker is asked by making the call (docs/decisions/0009).
/// </remarks>
public sealed partial class TextPauses(ILogger<TextPauses> logger)
{
    /// <summary>So many ends in a row that are the account's or the way's fault, and no text's.</summary>
    public const int Many = 5;

    /// <summary>Texts of one tenant that are with Twilio at once, from this process.</summary>
    public const int MostAtOnce = 100;

    private const string Denied = "denied";

    // A tenant that was at its bound goes on when a good part of it is free again, and not one text at a time.
    private const int FewEnough = MostAtOnce * 3 / 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // A refused key parks each probe's text for a person: not as many as a night has half minutes.
    private static readonly TimeSpan LongestPauseOfADeadKey = TimeSpan.FromMinutes(5);

    // A probe that never came to its call, because the gate kept its text back, is given to another.
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WhenFull = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, State> _states = [];

    /// <summary>The tenants none of whose texts may go out now: better not claimed.</summary>
    public Guid[] Waiting()
    {
        lock (_lock)
        {
            var now = Stopwatch.GetTimestamp();
            return [.. _states.Where(entry => entry.Value.IsPaused ? entry.Value.Until > now : entry.Value.IsFull).Select(entry => entry.Key)];
        }
    }

    /// <summary>How many of a tenant's texts may be handed over now.</summary>
    /// <param name="wanted">So many are there.</param>
    /// <param name="wait">Real time after which the others may be tried again.</param>
    public int Ask(Guid tenantId, TwilioAccount account, int wanted, out TimeSpan wait)
    {
        lock (_lock)
        {
            wait = WhenFull;
            if (!_states.TryGetValue(tenantId, out var state) || state.Account != account)
            {
                _states[tenantId] = state = new State(account);
            }

            if (!state.IsPaused)
            {
                var allowed = Math.Min(wanted, Math.Max(0, MostAtOnce - state.UnderWay));
                state.IsFull = allowed < wanted;
                return allowed;
            }

            var now = Stopwatch.GetTimestamp();
            if (state.Until > now)
            {
                wait = Stopwatch.GetElapsedTime(now, state.Until);
                return 0;
            }

            (state.IsProbing, state.Until, wait) = (true, now + Ticks(ProbePatience), FirstPause);
            return Math.Min(wanted, 1);
        }
    }

    /// <summary>A text of this tenant is about to be called for.</summary>
    public void Began(Guid tenantId, TwilioAccount account)
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
    /// <returns>Whether texts that waited may go out now.</returns>
    public bool Ended(Guid tenantId, TwilioAccount account, SendOutcome outcome)
    {
        lock (_lock)
        {
            if (StateOf(tenantId, account) is not { } state)
            {
                return false;
            }

            state.UnderWay--;
            var isFreeAgain = state.IsFull && state.UnderWay <= FewEnough;
            state.IsFull &= !isFreeAgain;
            return Fault(outcome) is { } fault ? Count(tenantId, state, fault) && isFreeAgain : GoOn(tenantId, state) || isFreeAgain;
        }
    }

    // The crowd that was under way when the account died counts once: the pause grows with each probe, not with each text.
    private bool Count(Guid tenantId, State state, string fault)
    {
        state.InARow++;
        if (state.InARow == Many || (state.IsPaused && state.IsProbing))
        {
            var longest = fault == Denied ? LongestPauseOfADeadKey : LongestPause;
            state.Pause = state.Pause == TimeSpan.Zero ? FirstPause : state.Pause * 2 < longest ? state.Pause * 2 : longest;
            (state.IsProbing, state.Until) = (false, Stopwatch.GetTimestamp() + Ticks(state.Pause));
            Waits(logger, tenantId, fault, state.Pause);
        }

        return !state.IsPaused;
    }

    private bool GoOn(Guid tenantId, State state)
    {
        var wasPaused = state.IsPaused;
        if (wasPaused)
        {
            GoesOn(logger, tenantId);
        }

        (state.InARow, state.Pause, state.IsProbing) = (0, TimeSpan.Zero, false);
        return wasPaused;
    }

    // A call that ends after its account was exchanged says nothing about the new one.
    private State? StateOf(Guid tenantId, TwilioAccount account) => _states.GetValueOrDefault(tenantId) is { } state && state.Account == account ? state : null;

    // What says nothing of the text, and all of the account or the way to it.
    private static string? Fault(SendOutcome outcome) => outcome switch
    {
        SendOutcome.NotSent { Reason: TwilioClient.ProcessWasFrozen } => null,
        SendOutcome.NotSent notSent => notSent.Reason,
        SendOutcome.Unknown unknown => unknown.Reason,
        SendOutcome.Refused refused when TwilioErrors.Of(refused.Code).Action == ErrorAction.PauseNumber => Denied,
        _ => null,
    };

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private sealed class State(TwilioAccount account)
    {
        public TwilioAccount Account { get; } = account;

        public int InARow { get; set; }

        public int UnderWay { get; set; }

        public bool IsFull { get; set; }

        public bool IsProbing { get; set; }

        public TimeSpan Pause { get; set; }

        public long Until { get; set; }

        public bool IsPaused => InARow >= Many;
    }

    [LoggerMessage(3113, LogLevel.Warning, "The texts of tenant {TenantId} wait for {Pause}: its account at Twilio failed again and again ({Fault})")]
    private static partial void Waits(ILogger logger, Guid tenantId, string fault, TimeSpan pause);

    [LoggerMessage(3114, LogLevel.Information, "The texts of tenant {TenantId} go out again")]
    private static partial void GoesOn(ILogger logger, Guid tenantId);
}
