using System.Diagnostics;

namespace LeadOrchestrator.Sandbox.Tests;

/// <summary>Waits for a condition; the Sandbox's tests know nothing of the product's, so they bring their own.</summary>
public static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Reads until the value is right.</summary>
    public static async Task TrueAsync<T>(Func<Task<T>> read, Predicate<T> isRight, string what)
    {
        var watch = Stopwatch.StartNew();
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!isRight(await read()))
        {
            watch.Elapsed.ShouldBeLessThan(Patience, what);
            await beat.WaitForNextTickAsync();
        }
    }
}
