using System.Collections.Concurrent;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>Who asks the CRM. Somebody who waits may use all of the key's requests; the rest leaves some for them.</summary>
public enum CrmPriority
{
    /// <summary>A customer waits for what this tells.</summary>
    Customer,

    /// <summary>The poll: leaves a fifth of the minute.</summary>
    Poll,

    /// <summary>Sweeps and comparisons: leave half of it.</summary>
    Background,
}

/// <summary>Each tenant's <see cref="CrmPace"/>. A new key begins anew.</summary>
public sealed class CrmPaces(TimeProvider clock)
{
    private readonly ConcurrentDictionary<Guid, (string Key, CrmPace Pace)> _paces = [];

    /// <summary>The pace of a tenant's key.</summary>
    public CrmPace Of(Guid tenantId, string apiKey) =>
        _paces.AddOrUpdate(tenantId, _ => (apiKey, new CrmPace(clock)), (_, known) => known.Key == apiKey ? known : (apiKey, new CrmPace(clock))).Pace;

    /// <summary>The CRM's clock minus ours as it was last heard; null = this process has not heard it yet.</summary>
    public TimeSpan? SkewOf(Guid tenantId) => _paces.TryGetValue(tenantId, out var known) ? known.Pace.Skew : null;
}

/// <summary>
/// How fast one key may be used: a rolling minute of requests with the vendor's own limit, a pause after a 429, and a breaker after several outages in a row.
/// Other processes share the key; what they use is known from the vendor's "remaining".
/// </summary>
/// <remarks>Runs on the machine's clock. Why not a library: docs/decisions/0010.</remarks>
public sealed class CrmPace(TimeProvider clock)
{
    /// <summary>
    /// Requests a minute of polls, sweeps and comparisons until the vendor tells its own limit (our choice; it publishes none).
    /// A customer's requests are not held back by a guess: a 429 would tell.
    /// </summary>
    public const int UsualLimit = 300;

    /// <summary>As many outages in a row open the breaker.</summary>
    public const int BreakerAfter = 5;

    // A clock that is further off is no clock of the CRM's, but a cache's or a test's.
    private static readonly TimeSpan LargestSkew = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstBreak = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBreak = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<TimeSpan> _sent = new();
    private readonly long _origin = clock.GetTimestamp();
    private int _limit = UsualLimit;
    private bool _isLimitTold;
    private int _others;
    private TimeSpan _othersAt;
    private TimeSpan _pausedUntil = TimeSpan.MinValue;
    private int _throttles;
    private int _outages;
    private bool _isProbing;

    /// <summary>The CRM's clock minus ours; null = not heard yet.</summary>
    public TimeSpan? Skew { get; private set; }

    /// <summary>A turn to send one request.</summary>
    /// <exception cref="ShopmonkeyException">The key is paused, or nothing is left of its minute and a customer should not wait here: come back after what it says.</exception>
    public async Task<CrmTurn> EnterAsync(CrmPriority priority, CancellationToken cancel)
    {
        while (true)
        {
            if (Enter(priority) is not { } wait)
            {
                return new CrmTurn(this);
            }

            if (priority == CrmPriority.Customer)
            {
                throw new ShopmonkeyException("shopmonkey_budget_used_up", ShopmonkeyFailure.Outage, wait);
            }

            await Task.Delay(wait < LongestWait ? wait : LongestWait, clock, cancel);
        }
    }

    // Null = go.
    private TimeSpan? Enter(CrmPriority priority)
    {
        lock (_lock)
        {
            var now = Now;
            if (_pausedUntil > now)
            {
                throw new ShopmonkeyException("shopmonkey_paused", ShopmonkeyFailure.Outage, _pausedUntil - now);
            }

            if (_isProbing)
            {
                throw new ShopmonkeyException("shopmonkey_paused", ShopmonkeyFailure.Outage, FirstBreak);
            }

            if (priority == CrmPriority.Customer && !_isLimitTold)
            {
                _isProbing = _outages >= BreakerAfter;
                return null;
            }

            while (_sent.TryPeek(out var oldest) && now - oldest >= Minute)
            {
                _sent.Dequeue();
            }

            var reserve = priority switch { CrmPriority.Customer => 0, CrmPriority.Poll => _limit / 5, _ => _limit / 2 };
            if (_limit - _sent.Count - OthersAt(now) <= reserve)
            {
                return _sent.TryPeek(out var first) ? first + Minute - now + TimeSpan.FromMilliseconds(1) : LongestWait;
            }

            _sent.Enqueue(now);
            _isProbing = _outages >= BreakerAfter;
            return null;
        }
    }

    /// <summary>What the head of an answer tells.</summary>
    /// <param name="remaining">Requests that the vendor still grants in this minute.</param>
    /// <param name="date">The CRM's clock, to the second.</param>
    /// <param name="took">From the request to this head.</param>
    public void Heard(int? limit, int? remaining, DateTimeOffset? date, TimeSpan took)
    {
        lock (_lock)
        {
            if (limit is > 0)
            {
                (_limit, _isLimitTold) = (limit.Value, true);
            }

            if (remaining is >= 0)
            {
                (_others, _othersAt) = (Math.Max(0, _limit - remaining.Value - _sent.Count), Now);
            }

            // Half a second for what the header cuts off; the answer was made about half way.
            if (date is { } theirs && theirs + TimeSpan.FromMilliseconds(500) - (clock.GetUtcNow() - took / 2) is var skew && skew.Duration() <= LargestSkew
                && (Skew is not { } known || (skew - known).Duration() > LongestWait))
            {
                Skew = skew.Duration() <= LongestWait ? TimeSpan.Zero : skew;
            }
        }
    }

    internal void Succeeded()
    {
        lock (_lock)
        {
            (_outages, _throttles, _isProbing) = (0, 0, false);
        }
    }

    internal void Throttled(TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            _isProbing = false;
            var own = ShortestPause * Math.Pow(2, Math.Min(_throttles++, 10));
            PauseFor(retryAfter is { } asked ? (asked < LongestAsked ? asked : LongestAsked) : own < LongestPause ? own : LongestPause);
        }
    }

    internal void Out()
    {
        lock (_lock)
        {
            _isProbing = false;
            if (++_outages >= BreakerAfter)
            {
                var pause = FirstBreak * Math.Pow(2, Math.Min(_outages - BreakerAfter, 10));
                PauseFor(pause < LongestBreak ? pause : LongestBreak);
            }
        }
    }

    internal void Abandoned()
    {
        lock (_lock)
        {
            _isProbing = false;
        }
    }

    // What others used leaves the vendor's minute as ours does; when exactly, nobody tells.
    private int OthersAt(TimeSpan now)
    {
        var age = now - _othersAt;
        return age >= Minute ? 0 : (int)(_others * (1 - age / Minute));
    }

    private void PauseFor(TimeSpan time)
    {
        var until = Now + time;
        _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
    }

    private TimeSpan Now => clock.GetElapsedTime(_origin);
}

/// <summary>The right to send one request; tell how it ended, or dispose of it.</summary>
public sealed class CrmTurn(CrmPace pace) : IDisposable
{
    private bool _isTold;

    /// <summary>What the head of the answer tells.</summary>
    public CrmPace Pace => pace;

    /// <summary>The CRM answered; what it answered is another matter.</summary>
    public void Succeeded()
    {
        _isTold = true;
        pace.Succeeded();
    }

    /// <summary>It said 429.</summary>
    public void Throttled(TimeSpan? retryAfter)
    {
        _isTold = true;
        pace.Throttled(retryAfter);
    }

    /// <summary>It was down, or only its edge answered.</summary>
    public void Out()
    {
        _isTold = true;
        pace.Out();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_isTold)
        {
            pace.Abandoned();
        }
    }
}
