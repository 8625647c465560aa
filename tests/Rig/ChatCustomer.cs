using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using LeadOrchestrator.Sandbox.Shopmonkey;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Rig;

/// <summary>A customer who asked for a quote, got the text and opened its link; and everything that their browser was ever shown.</summary>
public sealed partial class ChatCustomer
{
    private static readonly HttpClient Browser = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, MaxConnectionsPerServer = 1000 })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    private readonly TestRig _rig;
    private readonly string _cookie;
    private readonly List<ChatFrame> _seen = [];
    private readonly Lock _lock = new();

    private ChatCustomer(TestRig rig, Guid sessionId, string cookie) => (_rig, SessionId, _cookie) = (rig, sessionId, cookie);

    /// <summary>The chat session.</summary>
    public Guid SessionId { get; }

    /// <summary>Every frame that arrived, in the order of arrival, over whatever line.</summary>
    public IReadOnlyList<ChatFrame> Seen
    {
        get
        {
            lock (_lock)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>A new customer, from the quote request to the open chat.</summary>
    public static async Task<ChatCustomer> OpenAsync(TestRig rig)
    {
        ArgumentNullException.ThrowIfNull(rig);
        var phone = rig.NewPhone();
        await rig.Sandbox.Crm.AddQuoteAsync(new NewQuote { Phone = phone });
        var text = await Eventually.ValueAsync(
            () => Task.FromResult(rig.Sandbox.Twilio.SentTo(phone).FirstOrDefault()), $"the text to {phone}", TimeSpan.FromSeconds(60));
        using var answer = await Browser.PostAsJsonAsync(new Uri(rig.Door.Url, "/api/chat/sessions"), new { code = Link().Match(text.Body).Groups[1].Value });
        answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return new ChatCustomer(rig, body.GetProperty("sessionId").GetGuid(), answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }

    /// <summary>Several new customers at once.</summary>
    public static Task<ChatCustomer[]> OpenAsync(TestRig rig, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => OpenAsync(rig)));

    /// <summary>The same customer in a browser that has seen nothing yet.</summary>
    public ChatCustomer Fresh() => new(_rig, SessionId, _cookie);

    /// <summary>Asks, and leaves the line of the answer to the caller.</summary>
    /// <param name="at">A Chat API, an Orchestrator, or the door before them.</param>
    public Task<ChatLine> AskAsync(Uri at, string question = "How much is ceramic tint?", Guid? clientMessageId = null) => SendAsync(
        HttpMethod.Post, at, "/messages", JsonContent.Create(new { clientMessageId = clientMessageId ?? Guid.CreateVersion7(), content = question }), lastEventId: null);

    /// <summary>Follows the session from the last frame that was seen on, as a browser does: with <c>Last-Event-ID</c>.</summary>
    public Task<ChatLine> ResumeAsync(Uri at)
    {
        var seen = Seen;
        return SendAsync(HttpMethod.Get, at, seen.Count > 0 ? "/stream" : "/stream?after=0", null, seen.Count > 0 ? seen[^1].Id : null);
    }

    /// <summary>Resumes at one address after the other, each time it breaks or refuses, until the answer that is under way has ended.</summary>
    /// <returns>The terminal frame.</returns>
    public async Task<ChatFrame> FinishAsync(params Uri[] at)
    {
        ArgumentNullException.ThrowIfNull(at);
        ChatFrame? terminal = null;
        var turn = 0;
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                using var line = await ResumeAsync(at[turn++ % at.Length]);
                terminal = await line.UntilAsync(frame => frame.IsTerminal);
            }
            catch (HttpRequestException)
            {
                // Nobody is there, or not yet.
            }

            return terminal is not null;
        }, $"the end of the answer in session {SessionId}", TimeSpan.FromSeconds(60));
        return terminal!;
    }

    /// <summary>Asks, and sees the answer to its end.</summary>
    /// <returns>The terminal frame.</returns>
    public async Task<ChatFrame> AskToEndAsync(Uri at, string question = "How much is ceramic tint?")
    {
        using var line = await AskAsync(at, question);
        return await line.UntilAsync(frame => frame.IsTerminal) ?? await FinishAsync(at);
    }

    /// <summary>Asks at the first address and hangs up after so many frames, again and again; takes it up each time at the next address.</summary>
    /// <returns>The terminal frame.</returns>
    public async Task<ChatFrame> AskCutAsync(int everyFrames, params Uri[] at)
    {
        ArgumentNullException.ThrowIfNull(at);
        var line = await AskAsync(at[0]);
        for (var cut = 1; ; cut++)
        {
            using (line)
            {
                for (var frame = 0; frame < everyFrames; frame++)
                {
                    if (await line.NextAsync() is { IsTerminal: true } end)
                    {
                        return end;
                    }
                }
            }

            line = await ResumeAsync(at[cut % at.Length]);
        }
    }

    /// <summary>What was shown of an answer: its deltas since the last restart, joined.</summary>
    public string Said(string messageId) => Seen.Where(frame => frame.MessageId == messageId).Aggregate("", (said, frame) => frame.Type switch
    {
        "answer.restarted" => "",
        "answer.delta" => said + frame.Text("text"),
        _ => said,
    });

    /// <summary>Judges from outside: no frame is missing or came twice, and what was shown is what is stored.</summary>
    /// <returns>What is wrong, as sentences.</returns>
    public async Task<IReadOnlyList<string>> ProblemsAsync()
    {
        var seen = Seen;
        var problems = new List<string>();
        for (var index = 0; index < seen.Count; index++)
        {
            if (seen[index].Seq != seen[0].Seq + index)
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"Session {SessionId}: frame {seen[index].Seq} came where {seen[0].Seq + index} was due"));
                break;
            }
        }

        var stored = await _rig.Postgres.RowsAsync("SELECT id, content, status FROM chat_messages WHERE session_id = $1 AND role = 'assistant' ORDER BY seq", SessionId);
        foreach (var message in stored)
        {
            var id = message["id"]!.ToString()!;
            var last = seen.LastOrDefault(frame => frame.MessageId == id);
            if (last is { IsTerminal: true } && ((string)message["content"]! != Said(id) || (string)message["status"]! != StatusOf(last)))
            {
                problems.Add($"Session {SessionId}: answer {id} is stored as {message["status"]} \"{message["content"]}\", seen as {last.Type} \"{Said(id)}\"");
            }

            if (last is { Type: "answer.completed" } && last.Text("content") != Said(id))
            {
                problems.Add($"Session {SessionId}: answer {id} completed as \"{last.Text("content")}\", but its pieces were \"{Said(id)}\"");
            }
        }

        return problems;
    }

    private static string StatusOf(ChatFrame terminal) => terminal.Type switch
    {
        "answer.completed" => "complete",
        "answer.interrupted" => "interrupted",
        _ => "failed",
    };

    private async Task<ChatLine> SendAsync(HttpMethod method, Uri at, string path, HttpContent? content, string? lastEventId)
    {
        using var request = new HttpRequestMessage(method, new Uri(at, $"/api/chat/sessions/{SessionId}{path}")) { Content = content };
        request.Headers.Add("Cookie", _cookie);
        request.Headers.Add("Accept", "text/event-stream");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        return await ChatLine.OpenAsync(await Browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead), See);
    }

    private void See(ChatFrame frame)
    {
        lock (_lock)
        {
            _seen.Add(frame);
        }
    }

    [GeneratedRegex("/c/([A-Za-z0-9_-]+)")]
    private static partial Regex Link();
}
