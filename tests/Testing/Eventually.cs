using System.Diagnostics;

namespace LeadOrchestrator.Testing;

/// <summary>Waits for what will happen, never for a length of time.</summary>
public static class Eventually
{
    /// <summary>How long anything may take, on a busy machine too.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    // Short waits are looked at often; who waits for a lease or a start shall not keep the machine from it.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);
    private const double ShareOfTheWait = 1 / 8d;

    /// <summary>Asks until the condition holds, every 20 ms at first, and less often the longer it takes.</summary>
    /// <param name="what">What is waited for, as it reads after "did not happen: ".</param>
    /// <exception cref="EventuallyException">The deadline passed.</exception>
    public static Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? deadline = null) =>
        ValueAsync(condition, isReached => isReached, what, deadline);

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, string, TimeSpan?)"/>
    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? deadline = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, deadline);

    /// <summary>Reads until the value is as wished, every 20 ms at first, and less often the longer it takes; returns it.</summary>
    /// <exception cref="EventuallyException">The deadline passed; the message holds the last value, or the last failure.</exception>
    public static async Task<T> ValueAsync<T>(Func<Task<T>> read, Func<T, bool> isWished, string what, TimeSpan? deadline = null)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(isWished);
        var patience = deadline ?? DefaultDeadline;
        using var timer = new PeriodicTimer(Shortest);
        for (var waited = Stopwatch.StartNew(); ; await timer.WaitForNextTickAsync())
        {
            // While a service is restarting, reading may fail: that is a value like another, until the time is over.
            object? last;
            Exception? failure = null;
            try
            {
                var value = await read();
                if (isWished(value))
                {
                    return value;
                }

                last = value;
            }
            catch (Exception exception) when (exception is not EventuallyException)
            {
                last = $"{exception.GetType().Name}: {exception.Message}";
                failure = exception;
            }

            if (waited.Elapsed > patience)
            {
                throw new EventuallyException($"Within {patience.TotalSeconds:0.#} s this did not happen: {what}. Last value: {Shown(last)}", failure);
            }

            timer.Period = TimeSpan.FromTicks(Math.Clamp((long)(waited.Elapsed.Ticks * ShareOfTheWait), Shortest.Ticks, Longest.Ticks));
        }
    }

    // A row of the database says what is in it.
    private static string Shown(object? value) =>
        value is IEnumerable<KeyValuePair<string, object?>> row ? string.Join(", ", row.Select(column => $"{column.Key}: {column.Value ?? "null"}")) : value?.ToString() ?? "null";

    /// <summary>Waits until there is a value that is not null.</summary>
    public static async Task<T> ValueAsync<T>(Func<Task<T?>> read, string what, TimeSpan? deadline = null) =>
        (await ValueAsync(read, value => value is not null, what, deadline))!;
}

/// <summary>What was waited for did not happen in time.</summary>
public sealed class EventuallyException(string message, Exception? inner = null) : Exception(message, inner);
