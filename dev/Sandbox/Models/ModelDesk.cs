using System.Text;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Models;

/// <summary>What both model vendors have in common: faults, the plan of an answer, the ledger before the first byte.</summary>
internal sealed class ModelDesk(VendorDesk desk, Ledger ledger, Faults faults, ScriptedModel model)
{
    public ScriptedModel Model => model;

    /// <summary>Begins an answer. Null: a fault (or a refusal) has answered already.</summary>
    public async Task<Speech?> BeginAsync(
        HttpContext http, string operation, ModelCall call, TokenUsage usage, int? maxTokens, Func<int, VendorAnswer> error)
    {
        var vendor = call.Provider;
        var fault = faults.Take(vendor, operation, FaultKind.OfModels);
        if (VendorDesk.Refusal(fault) is { } status)
        {
            await RefuseAsync(http, operation, call, VendorDesk.ErrorOf(fault!, status, error));
            return null;
        }

        if (fault is { Kind: FaultKind.DropBeforeAccept } or { Kind: FaultKind.Hang, Accepted: false })
        {
            ledger.Append(vendor, operation, call.Request, "dropped before it was accepted", accepted: false, id: null);
            if (fault.Kind == FaultKind.Hang)
            {
                await PauseAsync(fault.Time, http.RequestAborted);
            }

            desk.Drop(http, vendor, operation);
            return null;
        }

        var speech = Speech.Plan(model, call, maxTokens, fault);
        ledger.Append(vendor, operation, call.Request, speech.Outcome(call.Model, usage), accepted: true, id: null);
        await PauseAsync(speech.PauseBefore, http.RequestAborted);
        return speech;
    }

    public async Task RefuseAsync(HttpContext http, string operation, ModelCall call, VendorAnswer answer)
    {
        ledger.Append(call.Provider, operation, call.Request, $"refused {answer.Status}", accepted: false, id: null);
        await desk.AnswerAsync(http, call.Provider, operation, answer);
    }

    /// <summary>An answer in one piece; a fault that would break the stream breaks the connection.</summary>
    public async Task AnswerAsync(HttpContext http, string operation, ModelCall call, Speech speech, VendorAnswer answer, Func<int, VendorAnswer> error)
    {
        await PauseAsync((model.TokenDelay * speech.Tokens.Count) + speech.Silence, http.RequestAborted);
        if (speech.Fault?.Kind == FaultKind.Malformed)
        {
            await desk.AnswerAsync(http, call.Provider, operation, answer with { Raw = ("application/json", "{\"id\": <html>"u8.ToArray()) });
        }
        else if (speech.BreaksAfter is null)
        {
            await desk.AnswerAsync(http, call.Provider, operation, answer, speech.Fault);
        }
        else if (speech.BreaksWithError)
        {
            await desk.AnswerAsync(http, call.Provider, operation, error(500));
        }
        else
        {
            desk.Drop(http, call.Provider, operation);
        }
    }

    /// <summary>Whether the vendor has no such model any more.</summary>
    public bool IsRetired(string vendor, string name) =>
        model.IsRetired(name) || faults.Peek(vendor, FaultKind.ModelRetired, fault => Covers(fault, name)) is not null;

    /// <summary>Counts one refusal of a model that a fault has retired.</summary>
    public bool TakeRetired(string vendor, string name) =>
        model.IsRetired(name) || faults.Take(vendor, "", [FaultKind.ModelRetired], fault => Covers(fault, name)) is not null;

    /// <summary>Starts a stream of events.</summary>
    public async Task<EventWriter> OpenAsync(HttpContext http, string operation, ModelCall call, Speech speech)
    {
        desk.Note(http, call.Provider, operation, 200);
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        await http.Response.StartAsync(http.RequestAborted);
        return new EventWriter(http, speech.Fault is { Kind: FaultKind.ResetAtByte } fault ? fault.AtByte : null);
    }

    /// <summary>Says the tokens one by one. False: the stream is to break here.</summary>
    public async Task<bool> SpeakAsync(HttpContext http, EventWriter events, ModelCall call, Speech speech, Func<string, Task> say)
    {
        for (var index = 0; index <= speech.Tokens.Count; index++)
        {
            if (speech.BreaksAfter == index)
            {
                return false;
            }

            await PauseAsync(speech.SilenceAfter(index), http.RequestAborted);
            if (speech.IsGarbledAfter(index))
            {
                await events.WriteAsync((call.Provider == Vendor.Anthropic ? "event: content_block_delta\n" : "") + "data: {\"delta\": {\"te\u0001\uFFFD<html>\n\n");
            }

            if (index < speech.Tokens.Count)
            {
                await PauseAsync(speech.Drop ?? model.TokenDelay, http.RequestAborted);
                await say(speech.Tokens[index]);
            }
        }

        return speech.BreaksAfter is null;
    }

    private static bool Covers(Fault fault, string name) => string.IsNullOrEmpty(fault.Model) || fault.Model == name;

    private static Task PauseAsync(TimeSpan pause, CancellationToken cancel) =>
        pause > TimeSpan.Zero ? Task.Delay(pause, cancel) : Task.CompletedTask;
}

/// <summary>Writes server-sent events and flushes each.</summary>
/// <param name="resetAt">Bytes after which the line is reset; null: it is not.</param>
internal sealed class EventWriter(HttpContext http, int? resetAt)
{
    private int _count;
    private int _written;

    /// <summary>An event with a name, with the padding spaces that Anthropic's recorded lines have.</summary>
    public Task SendAsync(string name, JsonNode data)
    {
        var text = data.ToJsonString(Json.Options);
        return WriteAsync($"event: {name}\ndata: {text[..^1]}{new string(' ', _count++ * 5 % 12)}}}\n\n");
    }

    /// <summary>An event without a name, as OpenAI sends them.</summary>
    public Task SendAsync(JsonNode data) => WriteAsync($"data: {data.ToJsonString(Json.Options)}\n\n");

    /// <exception cref="OperationCanceledException">The line was reset.</exception>
    public async Task WriteAsync(string text)
    {
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(text);
        var ends = _written + bytes.Length >= resetAt;
        if (ends)
        {
            bytes = bytes[..(resetAt!.Value - _written)];
        }

        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        _written += bytes.Length;
        if (ends)
        {
            await Wire.ResetAsync(http);
            throw new OperationCanceledException();
        }
    }
}
