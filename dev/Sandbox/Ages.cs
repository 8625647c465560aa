using System.Collections.Concurrent;

namespace LeadOrchestrator.Sandbox;

/// <summary>How long ago something was made, in real time: the Sandbox's clock may stand still or jump.</summary>
internal sealed class Ages
{
    private readonly ConcurrentDictionary<string, long> _begun = new();

    public void Begin(string id) => _begun.TryAdd(id, Environment.TickCount64);

    /// <summary>Whether it is younger than a lag; what was there before this process is old.</summary>
    public bool IsYounger(string id, TimeSpan? lag) =>
        lag is { } time && _begun.TryGetValue(id, out var begun) && Environment.TickCount64 - begun < time.TotalMilliseconds;
}
