using System.Text.Json;
using LeadOrchestrator.Bench.Bed;

namespace LeadOrchestrator.Bench.Chaos;

/// <summary>How far <c>./run bench chaos --full</c> has come: it takes an hour, and may be interrupted after each batch.</summary>
internal static class ChaosProgress
{
    private static string File => Repository.At(".data/bench/chaos.json");

    /// <summary>What was kept; nothing when no run was interrupted.</summary>
    public static async Task<KillTally> ReadAsync(CancellationToken cancel) => System.IO.File.Exists(File)
        ? JsonSerializer.Deserialize<KillTally>(await System.IO.File.ReadAllTextAsync(File, cancel)) ?? KillTally.None
        : KillTally.None;

    /// <summary>Keeps it.</summary>
    public static Task KeepAsync(KillTally tally, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        return System.IO.File.WriteAllTextAsync(File, JsonSerializer.Serialize(tally), cancel);
    }

    /// <summary>The next run begins anew.</summary>
    public static void Forget() => System.IO.File.Delete(File);
}
