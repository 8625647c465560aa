using System.Text;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Models;

/// <summary>What both model vendors have in common: faults, the plan of an answer, the ledger before the first byte.</summary>
internal sealed class ModelDesk(VendorDesk desk, Ledger ledger, Faults faults, ScriptedModel model)
{
    public ScriptedModel Model => model;

    /// <summary>Begins an answer. Null: a fault (or a refusal) has answered already.</summary>
    public async Task<Speech?> BeginAsync(
        HttpContext http, string operation, ModelCall call, int inputTokens, int? maxTokens, Func<int, VendorAnswer> error)
    {
        var vendor = call.Provider;
        var fault = faults.Take(vendor, operation, FaultKind.OfModels);
        switch (fault)
        {
            case { Kind: FaultKind.ErrorStatus or FaultKind.Status }:
                await RefuseAsync(http, operation, call, Error(fault, error));
                return null;
            case { Kind: FaultKind.DropBeforeAccept } or { Kind: FaultKind.Hang, Accepted: false }:
                ledger.Append(vendor, operation, call.Request, "dropped before it was accepted", accepted: false, id: null);
                if (fault.Kind == FaultKind.Hang)
                {
                    await Task.Delay(TimeSpan.FromSeconds(fault.Seconds), http.RequestAborted);
                }

                desk.Drop(http, vendor, operation);
                return null;
        }

        var speech = Speech.Plan(model, call, maxTokens, fault);
        ledger.Append(vendor, operation, call.Request, speech.Outcome(call.Model, inputTokens), accepted: true, id: null);
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
        await PauseAsync(model.TokenDelay * speech.Tokens.Count, http.RequestAborted);
        if (speech.BreaksAfter is null)
        {
            await desk.AnswerAsync(http, call.Provider, operation, answer);
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

    /// <summary>Starts a stream of events.</summary>
    public async Task<EventWriter> OpenAsync(HttpContext http, string operation, ModelCall call)
    {
        desk.Note(http, call.Provider, operation, 200);
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        await http.Response.StartAsync(http.RequestAborted);
        return new EventWriter(http);
    }

    /// <summary>Says the tokens one by one. False: the stream is to break here.</summary>
    public async Task<bool> SpeakAsync(HttpContext http, Speech speech, Func<string, Task> say)
    {
        for (var index = 0; index < speech.Tokens.Count; index++)
        {
            if (speech.BreaksAfter == index)
            {
                return false;
            }

            await PauseAsync(model.TokenDelay, http.RequestAborted);
            await say(speech.Tokens[index]);
        }

        return speech.BreaksAfter is null || speech.BreaksAfter > speech.Tokens.Count;
    }

    private static VendorAnswer Error(Fault fault, Func<int, VendorAnswer> error)
    {
        var answer = error(fault.Status == 0 ? 500 : fault.Status);
        return fault.RetryAfter is { } seconds
            ? answer with { Headers = new Dictionary<string, string> { ["retry-after"] = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture) } }
            : answer;
    }

    private static Task PauseAsync(TimeSpan pause, CancellationToken cancel) =>
        pause > TimeSpan.Zero ? Task.Delay(pause, cancel) : Task.CompletedTask;
}

/// <summary>Writes server-sent events and flushes each.</summary>
internal sealed class EventWriter(HttpContext http)
{
    private int _count;

    /// <summary>An event with a name, with the padding spaces that Anthropic's recorded lines have.</summary>
    public Task SendAsync(string name, JsonNode data)
    {
        var text = data.ToJsonString(Json.Options);
        return WriteAsync($"event: {name}\ndata: {text[..^1]}{new string(' ', _count++ * 5 % 12)}}}\n\n");
    }

    /// <summary>An event without a name, as OpenAI sends them.</summary>
    public Task SendAsync(JsonNode data) => WriteAsync($"data: {data.ToJsonString(Json.Options)}\n\n");

    public async Task WriteAsync(string text)
    {
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
