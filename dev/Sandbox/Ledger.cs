using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox;

/// <summary>The vendors' short names, as faults and ledger use them.</summary>
public static class Vendor
{
    public const string Shopmonkey = "shopmonkey";
    public const string Twilio = "twilio";
    public const string SendGrid = "sendgrid";
    public const string Anthropic = "anthropic";
    public const string OpenAi = "openai";
}

/// <summary>One write that reached a vendor.</summary>
/// <param name="Seq">1, 2, 3 … over all vendors.</param>
/// <param name="At">The Sandbox clock's time.</param>
/// <param name="Operation">Such as <c>messages.create</c> or <c>order.update</c>.</param>
/// <param name="Request">What was sent: the form's fields or the JSON body.</param>
/// <param name="Outcome">Begins with <c>accepted</c> when it took effect, else with <c>refused</c> or <c>dropped</c>.</param>
/// <param name="Accepted">Whether it took effect, however it was answered.</param>
/// <param name="Id">The vendor's id of what was made (a message SID, a row id), if any.</param>
public sealed record LedgerEntry(
    long Seq, DateTimeOffset At, string Vendor, string Operation, JsonNode? Request, string Outcome, bool Accepted, string? Id);

/// <summary>Every write to every vendor, in order. An entry is on disk before the write is answered.</summary>
public sealed class Ledger : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<LedgerEntry> _items = [];
    private readonly Journal _journal;
    private readonly SandboxClock _clock;
    private readonly LiveEvents _live;

    internal Ledger(string? folder, SandboxClock clock, LiveEvents live)
    {
        _clock = clock;
        _live = live;
        _journal = Journal.Open(folder, "ledger.jsonl", out var lines);
        _items.AddRange(lines.Select(line => line.Deserialize<LedgerEntry>(Json.Options)!));
    }

    /// <summary>All entries so far, oldest first; a copy.</summary>
    public IReadOnlyList<LedgerEntry> Items
    {
        get
        {
            lock (_lock)
            {
                return [.. _items];
            }
        }
    }

    /// <summary>The entries of one vendor (see <see cref="Vendor"/>), optionally of one operation.</summary>
    public IReadOnlyList<LedgerEntry> Of(string vendor, string? operation = null) =>
        [.. Items.Where(item => item.Vendor == vendor && (operation is null || item.Operation == operation))];

    public void Dispose() => _journal.Dispose();

    internal LedgerEntry Append(string vendor, string operation, JsonNode? request, string outcome, bool accepted, string? id)
    {
        LedgerEntry entry;
        lock (_lock)
        {
            entry = new LedgerEntry(
                _items.Count + 1, _clock.Now, vendor, operation, request?.DeepClone(), outcome, accepted, id);
            _journal.Append(Json.Of(entry));
            _items.Add(entry);
        }

        _live.Publish("ledger", Json.Of(entry));
        return entry;
    }
}
