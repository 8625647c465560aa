using System.Text.Json.Serialization;

namespace LeadOrchestrator.Sandbox;

/// <summary>One fault that waits for its call. What is left out gets the kind's own value when it is armed.</summary>
public sealed record Fault
{
    /// <summary>For a fault that stays until it is removed.</summary>
    public const int Always = int.MaxValue;

    /// <summary>1, 2, 3 … in the order in which they were armed; 0 until then.</summary>
    public int Id { get; init; }

    /// <summary>One of <see cref="Sandbox.Vendor"/>.</summary>
    public required string Vendor { get; init; }

    /// <summary>One of <see cref="FaultKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Only calls of this operation (<c>messages.create</c>, <c>order.list</c> …); null: any that the kind can strike.</summary>
    public string? Operation { get; init; }

    /// <summary>How many calls it still strikes; 0: the kind's own number (1, or for ever).</summary>
    public int Count { get; init; }

    /// <summary>Whether it stays until it is removed.</summary>
    [JsonPropertyName("always")]
    public bool IsAlways => Count == Always;

    /// <summary>Real seconds after which it goes away, whatever is left of its count; null: never.</summary>
    public double? ForSeconds { get; init; }

    /// <summary>For models: tokens that are said before it strikes; 5.</summary>
    public int? AfterTokens { get; init; }

    /// <summary>How long it hangs, trickles, lags or holds back.</summary>
    public double? Seconds { get; init; }

    /// <summary>The HTTP status (or the carrier's error code of <see cref="FaultKind.Undelivered"/>); 0: the kind's own.</summary>
    public int Status { get; init; }

    /// <summary><c>json</c> (the vendor's own error form) or <c>html</c> (an edge in front of the vendor).</summary>
    public string? Body { get; init; }

    /// <summary>Seconds in a Retry-After header; null: none.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>For a hang: whether the call took effect before.</summary>
    public bool Accepted { get; init; }

    /// <summary>Bytes of the answer's body that still arrive.</summary>
    public int? AtByte { get; init; }

    /// <summary>How often each callback or webhook comes; 2.</summary>
    public int? Times { get; init; }

    /// <summary>Events in a row that fail before a registration is disabled.</summary>
    public int? AfterFailures { get; init; }

    /// <summary>The model that is retired; null: every one.</summary>
    public string? Model { get; init; }

    internal TimeSpan Time => TimeSpan.FromSeconds(Seconds ?? 0);
}
