using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace LeadOrchestrator.Answers;

/// <summary>What one turn has brought, as a browser sees it.</summary>
/// <param name="Shown">All that was on the screen at some moment: each try, those that were void again as well.</param>
/// <param name="Answer">The answer that stands; null when nobody answers, such as after a person was fetched.</param>
/// <param name="End">completed, interrupted, failed, or nothing.</param>
/// <param name="Tools">Tools that were used or refused, in their order.</param>
/// <param name="HeldId">The card of a held slot that came with it.</param>
/// <param name="Stopped">How often the guard voided what had been said.</param>
public sealed record Turn(string Question, IReadOnlyList<string> Shown, string? Answer, string End, IReadOnlyList<string> Tools, Guid? HeldId, int Stopped, long CostMicros, TimeSpan Took);

/// <summary>A customer at a Chat API, over HTTP: opens their link, asks, taps.</summary>
public sealed class Visitor
{
    private readonly HttpClient _http;
    private readonly string _path;
    private readonly string _cookie;

    private Visitor(HttpClient http, Guid sessionId, string cookie) => (_http, _path, _cookie) = (http, $"/api/chat/sessions/{sessionId}", cookie);

    /// <summary>A client that serves any number of visitors.</summary>
    public static HttpClient Client(Uri chatApi) =>
        new(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 256 }) { BaseAddress = chatApi, Timeout = TimeSpan.FromMinutes(3) };

    /// <summary>Opens the link of a text.</summary>
    public static async Task<Visitor> OpenAsync(HttpClient http, string code)
    {
        ArgumentNullException.ThrowIfNull(http);
        using var answer = await http.PostAsJsonAsync("/api/chat/sessions", new { code });
        answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return new Visitor(http, body.GetProperty("sessionId").GetGuid(), answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }

    /// <summary>Taps on a card.</summary>
    /// <param name="what">confirmation or cancellation.</param>
    public async Task<bool> TapAsync(Guid bookingId, string what)
    {
        using var request = Request(HttpMethod.Post, $"/bookings/{bookingId}/{what}", new { });
        using var answer = await _http.SendAsync(request);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Says something, and reads to the end of what comes back.</summary>
    public async Task<Turn> AskAsync(string content)
    {
        var began = Stopwatch.GetTimestamp();
        using var request = Request(HttpMethod.Post, "/messages", new { clientMessageId = Guid.CreateVersion7(), content });
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8);
        var seen = new Seen();
        var type = "";
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                type = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal) && type.Length > 0)
            {
                using var data = JsonDocument.Parse(line[6..]);
                seen.Take(type, data.RootElement);
            }
        }

        return seen.AsTurn(content, Stopwatch.GetElapsedTime(began));
    }

    private HttpRequestMessage Request(HttpMethod method, string path, object body)
    {
        var request = new HttpRequestMessage(method, _path + path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Cookie", _cookie);
        return request;
    }

    private sealed class Seen
    {
        private readonly List<string> _shown = [];
        private readonly List<string> _tools = [];
        private readonly StringBuilder _text = new();
        private string? _answer;
        private string _end = "";
        private Guid? _held;
        private int _stopped;
        private long _cost;

        public void Take(string type, JsonElement data)
        {
            switch (type)
            {
                case "answer.delta":
                    _text.Append(data.GetProperty("text").GetString());
                    break;
                case "answer.restarted":
                    _shown.Add(_text.ToString());
                    _text.Clear();
                    _stopped++;
                    break;
                case "answer.tool" when data.GetProperty("state").GetString() != "started":
                    _tools.Add(data.GetProperty("name").GetString()!);
                    break;
                case "booking.held":
                    _held = data.GetProperty("bookingId").GetGuid();
                    break;
                case "answer.completed" or "answer.interrupted" or "answer.failed":
                    _end = type["answer.".Length..];
                    _answer = data.TryGetProperty("content", out var content) ? content.GetString() : null;
                    _cost = data.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object && usage.TryGetProperty("costMicros", out var cost) ? cost.GetInt64() : 0;
                    break;
            }
        }

        public Turn AsTurn(string question, TimeSpan took) =>
            new(question, [.. _shown.Append(_text.ToString()).Append(_answer ?? "").Where(text => text.Length > 0)], _answer, _end, _tools, _held, _stopped, _cost, took);
    }
}
