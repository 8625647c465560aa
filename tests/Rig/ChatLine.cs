using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace LeadOrchestrator.Rig;

/// <summary>A frame as a browser gets it.</summary>
public sealed record ChatFrame(string Id, string Type, JsonElement Data)
{
    /// <summary>Its place in the session: 1, 2, 3 …</summary>
    public long Seq => long.Parse(Id.AsSpan(Id.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The message that it belongs to.</summary>
    public string MessageId => Id[..Id.LastIndexOf(':')];

    /// <summary>Does an answer end with it?</summary>
    public bool IsTerminal => Type is "answer.completed" or "answer.interrupted" or "answer.failed";

    /// <summary>A text of its data.</summary>
    public string Text(string name) => Data.GetProperty(name).GetString()!;
}

/// <summary>An open stream of server-sent events, as a browser reads it: a frame counts when it is whole.</summary>
public sealed class ChatLine : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;
    private readonly Action<ChatFrame> _seen;

    private ChatLine(HttpResponseMessage response, Stream body, Action<ChatFrame> seen)
    {
        (_response, _seen) = (response, seen);
        _reader = new StreamReader(body, Encoding.UTF8);
    }

    /// <summary>Did the service say that it is about to stop (<c>event: reconnect</c> with <c>retry: 500</c>)?</summary>
    public bool IsToldToReconnect { get; private set; }

    /// <summary>Did the line break, instead of ending in good order?</summary>
    public bool IsBroken { get; private set; }

    internal static async Task<ChatLine> OpenAsync(HttpResponseMessage response, Action<ChatFrame> seen)
    {
        if (response.StatusCode is HttpStatusCode.OK)
        {
            return new ChatLine(response, await response.Content.ReadAsStreamAsync(), seen);
        }

        using (response)
        {
            throw new HttpRequestException($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}", null, response.StatusCode);
        }
    }

    /// <summary>The next frame; null at the end, however the line ended.</summary>
    public async Task<ChatFrame?> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var fields = new Dictionary<string, string>();
        try
        {
            while (await _reader.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.Length > 0)
                {
                    var colon = line.IndexOf(':', StringComparison.Ordinal);
                    fields[line[..colon]] = line[(colon + 1)..].TrimStart(' ');
                }
                else if (Complete(fields) is { } frame)
                {
                    return frame;
                }
                else
                {
                    fields.Clear();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            IsBroken = true;
        }

        return null;
    }

    /// <summary>Reads up to the first frame that is wished, or to the end.</summary>
    /// <returns>The frame that was wished; null when the line ended before.</returns>
    public async Task<ChatFrame?> UntilAsync(Predicate<ChatFrame> isWished)
    {
        ArgumentNullException.ThrowIfNull(isWished);
        while (await NextAsync() is { } frame)
        {
            if (isWished(frame))
            {
                return frame;
            }
        }

        return null;
    }

    /// <summary>Reads to the end.</summary>
    public Task ToEndAsync() => UntilAsync(_ => false);

    /// <summary>Hangs up, in the middle of a frame or not.</summary>
    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }

    private ChatFrame? Complete(Dictionary<string, string> fields)
    {
        switch (fields.GetValueOrDefault("event"))
        {
            case null:
                return null;
            case "reconnect":
                IsToldToReconnect = fields.GetValueOrDefault("retry") == "500";
                return null;
            case var type:
                var frame = new ChatFrame(fields["id"], type, JsonDocument.Parse(fields["data"]).RootElement);
                _seen(frame);
                return frame;
        }
    }
}
