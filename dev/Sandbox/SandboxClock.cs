using System.Globalization;
using System.Text.Json.Nodes;
using NodaTime;

namespace LeadOrchestrator.Sandbox;

/// <summary>The time of the whole sandboxed world. Runs at real pace unless frozen.</summary>
/// <remarks>
/// It starts on a weekday at 10:00 in the shop's zone, so that a demo shows the same at night and on Sunday.
/// It goes back only when told to.
/// </remarks>
public sealed class SandboxClock : IDisposable
{
    private static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["America/Chicago"];
    private static readonly LocalTime Opens = new(10, 0);
    private static readonly LocalTime Closes = new(16, 30);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _real;
    private readonly string? _path;
    private readonly ITimer? _saver;
    private DateTimeOffset _base;
    private long _baseStamp;
    private bool _frozen;
    private bool _realTime;

    internal SandboxClock(string? folder, DateTimeOffset? startAt, TimeProvider real)
    {
        _real = real;
        _path = folder is null ? null : Path.Combine(folder, "clock.json");
        SetBase(startAt ?? (Saved() is { } saved ? NextOpen(saved) : FirstStart(real.GetUtcNow())));
        if (_path is not null)
        {
            Directory.CreateDirectory(folder!);
            Save();
            _saver = real.CreateTimer(_ => Save(), null, SaveEvery, SaveEvery);
        }
    }

    /// <summary>Raised after the clock was set, frozen or let go.</summary>
    internal event Action? Changed;

    /// <summary>The time now, UTC.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
            {
                return _realTime ? _real.GetUtcNow() : _frozen ? _base : _base + _real.GetElapsedTime(_baseStamp);
            }
        }
    }

    /// <summary>Whether time stands still.</summary>
    public bool IsFrozen
    {
        get
        {
            lock (_lock)
            {
                return _frozen;
            }
        }
    }

    /// <summary>Sets the time, backwards too. A frozen clock stays frozen.</summary>
    public void Set(DateTimeOffset now)
    {
        SetBase(now);
        Save();
        Changed?.Invoke();
    }

    /// <summary>Sets the time to an instant such as <c>2026-11-23T16:00:00Z</c>.</summary>
    public void Set(string now) => Set(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    /// <summary>Moves the time by a span.</summary>
    public void Advance(TimeSpan by) => Set(Now + by);

    /// <summary>Stops the time, at <paramref name="at"/> or where it is.</summary>
    public void Freeze(DateTimeOffset? at = null)
    {
        var now = at ?? Now;
        lock (_lock)
        {
            _frozen = true;
        }

        Set(now);
    }

    /// <summary>Lets a frozen clock run on from where it stands.</summary>
    public void Run()
    {
        var now = Now;
        lock (_lock)
        {
            _frozen = false;
        }

        Set(now);
    }

    /// <summary>Follows the real time from now on, until set again.</summary>
    public void UseRealTime()
    {
        lock (_lock)
        {
            _frozen = false;
            _realTime = true;
        }

        Save();
        Changed?.Invoke();
    }

    public void Dispose()
    {
        _saver?.Dispose();
        Save();
    }

    /// <summary>The first start: 10:00 in Chicago today, or on Monday when today is a weekend day there.</summary>
    internal static DateTimeOffset FirstStart(DateTimeOffset real)
    {
        var date = Instant.FromDateTimeOffset(real).InZone(Zone).Date;
        return At(IsWeekday(date) ? date : NextWeekday(date));
    }

    /// <summary>The same time when a demo makes sense at it, else the next weekday's 10:00 in Chicago.</summary>
    internal static DateTimeOffset NextOpen(DateTimeOffset at)
    {
        var local = Instant.FromDateTimeOffset(at).InZone(Zone).LocalDateTime;
        if (IsWeekday(local.Date) && local.TimeOfDay >= Opens && local.TimeOfDay <= Closes)
        {
            return at;
        }

        return At(IsWeekday(local.Date) && local.TimeOfDay < Opens ? local.Date : NextWeekday(local.Date));
    }

    private static bool IsWeekday(LocalDate date) => date.DayOfWeek is not (IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday);

    private static LocalDate NextWeekday(LocalDate date)
    {
        do
        {
            date = date.PlusDays(1);
        }
        while (!IsWeekday(date));
        return date;
    }

    private static DateTimeOffset At(LocalDate date) =>
        date.At(Opens).InZoneStrictly(Zone).ToDateTimeOffset().ToUniversalTime();

    private void SetBase(DateTimeOffset now)
    {
        lock (_lock)
        {
            _base = now.ToUniversalTime();
            _baseStamp = _real.GetTimestamp();
            _realTime = false;
        }
    }

    private DateTimeOffset? Saved()
    {
        if (_path is null || !File.Exists(_path))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(File.ReadAllText(_path))?["until"]?.GetValue<DateTimeOffset>();
        }
        catch (Exception broken) when (broken is System.Text.Json.JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    // What is saved lies two seconds ahead of what anyone has been told: a kill between two saves cannot turn time back.
    private void Save()
    {
        if (_path is null)
        {
            return;
        }

        lock (_lock)
        {
            var next = _path + ".next";
            File.WriteAllText(next, new JsonObject { ["until"] = (Now + (2 * SaveEvery)).ToString("O") }.ToJsonString());
            File.Move(next, _path, overwrite: true);
        }
    }
}
