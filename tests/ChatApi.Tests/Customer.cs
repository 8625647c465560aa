using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace LeadOrchestrator.ChatApi.Tests;

/// <summary>A frame as a browser gets it.</summary>
public sealed record SeenFrame(string Id, string Type, JsonElement Data)
{
    public long Seq => long.Parse(Id.AsSpan(Id.LastIndexOf(':') + 1), provider: null);

    public string MessageId => Id[..Id.LastIndexOf(':')];

    public bool IsTerminal => Type is "answer.completed" or "answer.interrupted" or "answer.failed";

    public string Text(string name) => Data.GetProperty(name).GetString()!;
}

/// <summary>A customer in their browser: one session, its cookie, and what they can do.</summary>
public sealed class Customer
{
    private Customer(ChatServer server, Guid sessionId, string cookie)
    {
        Server = server;
        SessionId = sessionId;
        Cookie = cookie;
    }

    public ChatServer Server { get; }

    public Guid SessionId { get; }

    public string Cookie { get; }

    public string Path => $"/api/chat/sessions/{SessionId}";

    public static async Task<Customer> OpenAsync(ChatServer server, string code)
    {
        ArgumentNullException.ThrowIfNull(server);
        using var answer = await server.Http.PostAsJsonAsync("/api/chat/sessions", new { code });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return new Customer(server, body.GetProperty("sessionId").GetGuid(), answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }

    /// <summary>The same customer at another Chat API.</summary>
    public Customer At(ChatServer other) => new(other, SessionId, Cookie);

    public HttpRequestMessage Request(HttpMethod method, string path, object? body = null)
    {
        var request = new HttpRequestMessage(method, Path + path);
        request.Headers.Add("Cookie", Cookie);
        request.Content = body is null ? null : JsonContent.Create(body);
        return request;
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null) =>
        Server.Http.SendAsync(Request(method, path, body), HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Sends a message and reads its stream to the end.</summary>
    public async Task<IReadOnlyList<SeenFrame>> AskAsync(string content, Guid? clientMessageId = null)
    {
        using var stream = await AskAndWatchAsync(content, clientMessageId);
        return await stream.ToEndAsync();
    }

    /// <summary>Sends a message and leaves its stream to the caller.</summary>
    public async Task<EventStream> AskAndWatchAsync(string content, Guid? clientMessageId = null) =>
        await EventStream.OpenAsync(await SendAsync(HttpMethod.Post, "/messages", new { clientMessageId = clientMessageId ?? Guid.CreateVersion7(), content }));

    public async Task<EventStream> FollowAsync(long? after = null) =>
        await EventStream.OpenAsync(await SendAsync(HttpMethod.Get, after is null ? "/stream" : $"/stream?after={after}"));

    public async Task<IReadOnlyList<JsonElement>> HistoryAsync()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/messages");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray()];
    }
}

/// <summary>An open stream of server-sent events.</summary>
public sealed class EventStream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _reader = new StreamReader(body, Encoding.UTF8);
    }

    public HttpResponseMessage Response => _response;

    /// <summary>Lines that are no frames: comments, and the farewell.</summary>
    public List<string> OtherLines { get; } = [];

    public static async Task<EventStream> OpenAsync(HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }

        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next frame, or null at the end.</summary>
    public async Task<SeenFrame?> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var (id, type) = ("", "");
        while (await _reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line[4..];
            }
            else if (line.StartsWith("event: ", StringComparison.Ordinal) && id.Length > 0)
            {
                type = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal) && id.Length > 0)
            {
                return new SeenFrame(id, type, JsonDocument.Parse(line[6..]).RootElement);
            }
            else if (line.Length > 0)
            {
                OtherLines.Add(line);
            }
        }

        return null;
    }

    public async Task<IReadOnlyList<SeenFrame>> ToEndAsync() => await UntilAsync(_ => false);

    /// <summary>Frames up to the first that is wished, or to the end.</summary>
    public async Task<IReadOnlyList<SeenFrame>> UntilAsync(Func<SeenFrame, bool> isWished)
    {
        ArgumentNullException.ThrowIfNull(isWished);
        var frames = new List<SeenFrame>();
        while (await NextAsync() is { } frame)
        {
            frames.Add(frame);
            if (isWished(frame))
            {
                break;
            }
        }

        return frames;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
