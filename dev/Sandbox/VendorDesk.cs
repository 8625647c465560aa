using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox;

/// <summary>One request to a vendor, reads and refusals included.</summary>
/// <param name="Status">The HTTP status that was answered; 0: the connection was closed instead.</param>
public sealed record VendorCall(DateTimeOffset At, string Vendor, string Operation, string Method, string Path, int Status);

/// <summary>What a vendor answers, and what it did.</summary>
internal sealed record VendorAnswer(int Status, JsonNode? Body)
{
    /// <summary>Whether a write took effect.</summary>
    public bool Accepted { get; init; }

    public string? Id { get; init; }

    /// <summary>For the ledger: the vendor's own error code.</summary>
    public string? Detail { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Another body than JSON.</summary>
    public (string ContentType, byte[] Content)? Raw { get; init; }

    /// <summary>Runs after the ledger and before the answer.</summary>
    public Func<Task>? BeforeAnswer { get; init; }

    /// <summary>Begins beside everything else when the answer is out, or what took its place.</summary>
    public Func<Task>? AfterAnswer { get; init; }

    public static VendorAnswer Html(int status, string title) => new(status, null)
    {
        Raw = ("text/html; charset=UTF-8", System.Text.Encoding.UTF8.GetBytes(
            $"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>error code: 1015</p></body></html>")),
    };
}

/// <summary>Serves one call of any vendor: fault, effect, ledger, answer, in that order.</summary>
internal sealed class VendorDesk(Ledger ledger, Faults faults, SandboxClock clock, LiveEvents live, Outbound outbound)
{
    private const int CallsKept = 5000;
    private readonly Lock _lock = new();
    private readonly Queue<VendorCall> _calls = new();

    public IReadOnlyList<VendorCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <param name="act">Does what was asked, at most once.</param>
    /// <param name="error">The vendor's own form of an HTTP error.</param>
    public async Task ServeAsync(
        HttpContext http, string vendor, string operation, JsonNode? write,
        Func<VendorAnswer> act, Func<int, VendorAnswer> error)
    {
        var fault = faults.Take(vendor, operation, write is not null ? FaultKind.OfWrites : IsList(operation) ? FaultKind.OfLists : FaultKind.OfReads);
        if (fault is { Kind: FaultKind.DropBeforeAccept } or { Kind: FaultKind.Hang, Accepted: false } || Refusal(fault) is not null)
        {
            await StrikeBeforeAsync(http, vendor, operation, write, fault!, error);
            return;
        }

        var answer = act();
        if (write is not null)
        {
            ledger.Append(vendor, operation, write, Outcome(answer, fault), answer.Accepted, answer.Id);
        }

        var isOut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isGoingOn = false;
        try
        {
            await (answer.BeforeAnswer?.Invoke() ?? Task.CompletedTask);
            var isDropped = fault?.Kind == FaultKind.AcceptThenDrop || (fault?.Kind == FaultKind.Hang && !await HangAsync(http, fault));
            // Under way before the answer can be read: who has read it, and asks whether all is settled, shall not hear yes.
            GoOn();
            switch (fault?.Kind)
            {
                case var _ when isDropped:
                    Drop(http, vendor, operation);
                    break;
                case FaultKind.AcceptThen500:
                    await AnswerAsync(http, vendor, operation, error(500));
                    break;
                case FaultKind.AcceptWithoutRow:
                    await AnswerAsync(http, vendor, operation, answer with { Body = new JsonObject { ["success"] = true } });
                    break;
                default:
                    await AnswerAsync(http, vendor, operation, answer, fault);
                    break;
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller left in the middle of a slow answer.
        }
        finally
        {
            GoOn();
            isOut.SetResult();
        }

        void GoOn()
        {
            if (answer.AfterAnswer is { } work && !isGoingOn)
            {
                outbound.Run(async () =>
                {
                    await isOut.Task;
                    await work();
                });
            }

            isGoingOn = true;
        }
    }

    /// <summary>Notes a call that another class answers (the models' streams).</summary>
    public void Note(HttpContext http, string vendor, string operation, int status)
    {
        var call = new VendorCall(clock.Now, vendor, operation, http.Request.Method, http.Request.Path + http.Request.QueryString, status);
        lock (_lock)
        {
            _calls.Enqueue(call);
            if (_calls.Count > CallsKept)
            {
                _calls.Dequeue();
            }
        }

        live.Publish("call", Json.Of(call));
    }

    /// <summary>Closes the connection without an answer.</summary>
    public void Drop(HttpContext http, string vendor, string operation)
    {
        Note(http, vendor, operation, 0);
        http.Abort();
    }

    public async Task AnswerAsync(HttpContext http, string vendor, string operation, VendorAnswer answer, Fault? fault = null)
    {
        Note(http, vendor, operation, answer.Status);
        foreach (var (name, value) in answer.Headers)
        {
            http.Response.Headers[name] = value;
        }

        http.Response.StatusCode = answer.Status;
        var body = Array.Empty<byte>();
        if (answer.Raw is var (contentType, content))
        {
            http.Response.ContentType = contentType;
            body = content;
        }
        else if (answer.Body is { } json)
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            body = System.Text.Encoding.UTF8.GetBytes(json.ToJsonString(Json.Options));
        }

        await Wire.WriteAsync(http, body, fault);
    }

    /// <summary>The HTTP status with which a fault refuses a call that has no effect then; null: it does something else.</summary>
    public static int? Refusal(Fault? fault) => fault?.Kind switch
    {
        FaultKind.Status or FaultKind.ErrorStatus or FaultKind.Overloaded => fault.Status,
        FaultKind.RateLimited => 429,
        FaultKind.Denied => 401,
        FaultKind.List500 => 500,
        _ => null,
    };

    /// <summary>The vendor's error, or its edge's, as the fault wants it.</summary>
    public static VendorAnswer ErrorOf(Fault fault, int status, Func<int, VendorAnswer> error)
    {
        var answer = fault.Body == "html"
            ? VendorAnswer.Html(status, status == 429 ? "You are being rate limited" : "Just a moment...")
            : error(status);
        return fault.RetryAfter is { } seconds
            ? answer with
            {
                Headers = new Dictionary<string, string>(answer.Headers)
                {
                    ["Retry-After"] = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
                },
            }
            : answer;
    }

    private async Task StrikeBeforeAsync(
        HttpContext http, string vendor, string operation, JsonNode? write, Fault fault, Func<int, VendorAnswer> error)
    {
        var status = Refusal(fault);
        if (write is not null)
        {
            ledger.Append(vendor, operation, write, status is null ? "dropped before it was accepted" : $"refused {status}", accepted: false, id: null);
        }

        if (status is { } refused)
        {
            await AnswerAsync(http, vendor, operation, ErrorOf(fault, refused, error));
            return;
        }

        if (fault.Kind == FaultKind.Hang)
        {
            await HangAsync(http, fault);
        }

        Drop(http, vendor, operation);
    }

    private static bool IsList(string operation) =>
        operation.EndsWith(".list", StringComparison.Ordinal) || operation.EndsWith(".search", StringComparison.Ordinal);

    /// <returns>False when the caller gave up before the time was over.</returns>
    private static async Task<bool> HangAsync(HttpContext http, Fault fault)
    {
        try
        {
            await Task.Delay(fault.Time, http.RequestAborted);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static string Outcome(VendorAnswer answer, Fault? fault)
    {
        var text = $"{(answer.Accepted ? "accepted" : "refused")} {answer.Status}{(answer.Detail is null ? "" : " " + answer.Detail)}";
        return fault?.Kind switch
        {
            FaultKind.AcceptThenDrop => text + ", then the connection dropped",
            FaultKind.AcceptThen500 => text + ", then answered 500",
            FaultKind.AcceptWithoutRow => text + ", then answered without the row",
            FaultKind.Hang => text + string.Create(System.Globalization.CultureInfo.InvariantCulture, $", then hung {fault.Seconds} s"),
            FaultKind.Trickle => text + string.Create(System.Globalization.CultureInfo.InvariantCulture, $", then answered over {fault.Seconds} s"),
            FaultKind.ResetAtByte => text + $", then the line was reset after {fault.AtByte} bytes",
            _ => text,
        };
    }
}
