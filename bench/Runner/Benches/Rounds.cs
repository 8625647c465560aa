namespace LeadOrchestrator.Bench.Benches;

/// <summary>The order in which targets are measured: A B C, then C B A, so that drift and neighbours hit all alike.</summary>
internal static class Rounds
{
    /// <summary>Measures each target once in each round.</summary>
    public static async Task InterleaveAsync<T>(int rounds, IReadOnlyList<T> targets, string what, Func<T, Task> measure)
    {
        for (var round = 0; round < rounds; round++)
        {
            Benchmarks.Say($"{what}: round {round + 1} of {rounds}");
            foreach (var target in round % 2 == 0 ? targets : targets.Reverse())
            {
                await measure(target);
            }
        }
    }
}
