using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Twilio;

/// <summary>All texts of all numbers, and who said STOP. Each change is on disk before anyone is told of it.</summary>
public sealed class Phones : IDisposable
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, Text> _texts = [];
    private readonly HashSet<string> _stopped = [];
    private readonly Journal _journal;
    private readonly LiveEvents _live;

    internal Phones(string? folder, LiveEvents live)
    {
        _live = live;
        _journal = Journal.Open(folder, "phones.jsonl", out var lines);
        foreach (var line in lines)
        {
            if (line["text"] is { } text)
            {
                var message = text.Deserialize<Text>(Json.Options)!;
                _texts[message.Sid] = message;
            }
            else if (line["stopped"].Text() is { } stopped)
            {
                _stopped.Add(stopped);
            }
            else if (line["started"].Text() is { } started)
            {
                _stopped.Remove(started);
            }
        }
    }

    /// <summary>All texts, oldest first; a copy.</summary>
    public IReadOnlyList<Text> Texts
    {
        get
        {
            lock (_lock)
            {
                return [.. _texts.Values];
            }
        }
    }

    /// <summary>What one customer's phone shows, oldest first.</summary>
    public IReadOnlyList<Text> MessagesOf(string number) => [.. Texts.Where(text => text.Customer == number)];

    /// <summary>Whether the carrier blocks sends to this number.</summary>
    public bool IsStopped(string number)
    {
        lock (_lock)
        {
            return _stopped.Contains(number);
        }
    }

    public void Dispose() => _journal.Dispose();

    internal Text? Find(string sid)
    {
        lock (_lock)
        {
            return _texts.GetValueOrDefault(sid);
        }
    }

    internal void Put(Text text)
    {
        lock (_lock)
        {
            _journal.Append(new JsonObject { ["text"] = Json.Of(text) });
            _texts[text.Sid] = text;
        }

        _live.Publish("text", Page(text));
    }

    internal Text? SetStatus(string sid, string status, int? errorCode, DateTimeOffset now)
    {
        Text text;
        lock (_lock)
        {
            if (!_texts.TryGetValue(sid, out var found))
            {
                return null;
            }

            text = found with
            {
                Status = status,
                ErrorCode = errorCode,
                SentAt = found.SentAt ?? (status == "queued" ? null : now),
            };
            Put(text);
        }

        return text;
    }

    internal void SetStopped(string number, bool stopped)
    {
        lock (_lock)
        {
            if (stopped ? !_stopped.Add(number) : !_stopped.Remove(number))
            {
                return;
            }

            _journal.Append(new JsonObject { [stopped ? "stopped" : "started"] = number });
        }

        _live.Publish("phone", new JsonObject { ["number"] = number, ["stopped"] = stopped });
    }

    internal static JsonObject Page(Text text)
    {
        var page = text.ToPage();
        page["number"] = text.Customer;
        return page;
    }
}
