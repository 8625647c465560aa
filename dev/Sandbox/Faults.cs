using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox;

/// <summary>What can go wrong on demand. The strings are those of <c>POST /_sandbox/faults</c>.</summary>
public static class FaultKind
{
    /// <summary>A write takes effect, then the connection closes without an answer.</summary>
    public const string AcceptThenDrop = "accept_then_drop";

    /// <summary>A write takes effect, then the answer is 500.</summary>
    public const string AcceptThen500 = "accept_then_500";

    /// <summary>The connection closes and nothing took effect.</summary>
    public const string DropBeforeAccept = "drop_before_accept";

    /// <summary>Waits <see cref="Fault.Seconds"/>; with <see cref="Fault.Accepted"/> it took effect before and answers after, else the connection closes and nothing took effect.</summary>
    public const string Hang = "hang";

    /// <summary>Answers <see cref="Fault.Status"/> and does nothing.</summary>
    public const string Status = "status";

    /// <summary>Twilio: each status callback of the text comes twice.</summary>
    public const string CallbacksTwice = "callbacks_twice";

    /// <summary>Twilio: delivered comes before sent, sent before queued.</summary>
    public const string CallbacksReversed = "callbacks_reversed";

    /// <summary>Twilio: no status callback for the text.</summary>
    public const string CallbacksOff = "callbacks_off";

    /// <summary>Twilio: all callbacks arrive before the 201.</summary>
    public const string CallbackFirst = "callback_first";

    /// <summary>Twilio: the text ends undelivered with error <see cref="Fault.Status"/> (default 30003).</summary>
    public const string Undelivered = "undelivered";

    /// <summary>Shopmonkey: the webhook of a change is never sent.</summary>
    public const string WebhooksOff = "webhooks_off";

    /// <summary>Shopmonkey: the webhook of a change is sent twice, with two ids.</summary>
    public const string WebhooksTwice = "webhooks_twice";

    /// <summary>Shopmonkey: a list ignores its filter and answers everything.</summary>
    public const string IgnoreFilter = "ignore_filter";

    /// <summary>Models: answers <see cref="Fault.Status"/> (429, 500, 529 …) in the vendor's error form.</summary>
    public const string ErrorStatus = "error_status";

    /// <summary>Models: an error event after <see cref="Fault.AfterTokens"/> tokens of a stream that began with 200.</summary>
    public const string ErrorAfterTokens = "error_after_tokens";

    /// <summary>Models: the stream just ends after <see cref="Fault.AfterTokens"/> tokens.</summary>
    public const string CutAfterTokens = "cut_after_tokens";

    /// <summary>Models: <see cref="Fault.Seconds"/> pass before the first token.</summary>
    public const string HangBeforeFirstToken = "hang_before_first_token";

    /// <summary>Models: the answer carries no usage (Anthropic: one of zeros, as its schema demands the field).</summary>
    public const string NoUsage = "no_usage";

    internal static readonly string[] OfCallbacks = [CallbacksTwice, CallbacksReversed, CallbacksOff, CallbackFirst, Undelivered];
    internal static readonly string[] OfWebhooks = [WebhooksOff, WebhooksTwice];
    internal static readonly string[] OfReads = [DropBeforeAccept, Hang, Status];
    internal static readonly string[] OfWrites = [AcceptThenDrop, AcceptThen500, .. OfReads];
    internal static readonly string[] OfModels =
        [ErrorStatus, ErrorAfterTokens, CutAfterTokens, HangBeforeFirstToken, NoUsage, .. OfWrites];

    internal static readonly string[] All = [.. OfCallbacks, .. OfWebhooks, .. OfModels, IgnoreFilter];
}

/// <summary>One fault that waits for its call.</summary>
public sealed record Fault
{
    /// <summary>For a fault that stays until it is removed.</summary>
    public const int Always = int.MaxValue;

    /// <summary>One of <see cref="Sandbox.Vendor"/>.</summary>
    public required string Vendor { get; init; }

    /// <summary>One of <see cref="FaultKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Only calls of this operation (<c>messages.create</c>, <c>order.list</c> …); null: any that the kind can strike.</summary>
    public string? Operation { get; init; }

    /// <summary>How many calls it strikes.</summary>
    public int Count { get; init; } = 1;

    /// <summary>For models: tokens that are said before it strikes.</summary>
    public int AfterTokens { get; init; } = 5;

    /// <summary>How long a hang lasts.</summary>
    public double Seconds { get; init; } = 30;

    /// <summary>The HTTP status (or the carrier's error code of <see cref="FaultKind.Undelivered"/>); 0: the kind's own.</summary>
    public int Status { get; init; }

    /// <summary><c>json</c> (the vendor's own error form) or <c>html</c> (an edge in front of the vendor).</summary>
    public string Body { get; init; } = "json";

    /// <summary>Seconds in a Retry-After header; null: none.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>For a hang: whether the call took effect before.</summary>
    public bool Accepted { get; init; }
}

/// <summary>The faults in wait. Each is used up by the calls that it strikes; the oldest that fits goes first.</summary>
public sealed class Faults
{
    private readonly Lock _lock = new();
    private readonly List<Fault> _waiting = [];
    private readonly LiveEvents _live;

    internal Faults(LiveEvents live) => _live = live;

    /// <summary>Faults that still have calls to strike; a copy.</summary>
    public IReadOnlyList<Fault> Waiting
    {
        get
        {
            lock (_lock)
            {
                return [.. _waiting];
            }
        }
    }

    /// <exception cref="ArgumentException">The kind is unknown.</exception>
    public void Add(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (!FaultKind.All.Contains(fault.Kind))
        {
            throw new ArgumentException($"There is no fault of the kind '{fault.Kind}'.", nameof(fault));
        }

        lock (_lock)
        {
            _waiting.Add(fault with { Count = Math.Max(1, fault.Count) });
        }

        Publish();
    }

    /// <summary>Adds a fault by its names, with its defaults.</summary>
    public void Add(string vendor, string kind, int count = 1) => Add(new Fault { Vendor = vendor, Kind = kind, Count = count });

    /// <summary>Removes all faults.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _waiting.Clear();
        }

        Publish();
    }

    /// <summary>Takes one strike of the oldest fault that fits, or null.</summary>
    internal Fault? Take(string vendor, string operation, string[] kinds)
    {
        Fault? found;
        lock (_lock)
        {
            var index = _waiting.FindIndex(fault => fault.Vendor == vendor && kinds.Contains(fault.Kind)
                && (fault.Operation is null || fault.Operation == operation));
            if (index < 0)
            {
                return null;
            }

            found = _waiting[index];
            if (found.Count == 1)
            {
                _waiting.RemoveAt(index);
            }
            else if (found.Count != Fault.Always)
            {
                _waiting[index] = found with { Count = found.Count - 1 };
            }
        }

        Publish();
        return found;
    }

    private void Publish() => _live.Publish("faults", new JsonObject { ["items"] = Json.Of(Waiting) });
}
