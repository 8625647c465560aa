using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Ai;

/// <summary>Makes of a vendor's stream one that the packages can read.</summary>
/// <remarks>
/// The finish reasons of servers that speak almost as OpenAI does become those that its package knows: it throws at any other, and no answer of such a server would ever be whole.
/// Halves of a character in two events come together: both packages throw at half a one. A beginning or an end of
/// Anthropic's that tells no usage gets one of nothing, which counts as none, and a thought gets its signature: its package throws without.
/// </remarks>
internal sealed partial class FinishReasons : DelegatingHandler
{
    private const string Data = "data:";
    private const string Begin = "message_start";
    private const string Block = "content_block_start";
    private const string End = "message_delta";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        RetryAfter.Tell(response);
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
        {
            var isOpenAi = request.RequestUri?.AbsolutePath.EndsWith("/chat/completions", StringComparison.Ordinal) == true;
            var content = new StreamContent(new Lines(await response.Content.ReadAsStreamAsync(cancellationToken), isOpenAi));
            foreach (var (name, values) in response.Content.Headers)
            {
                content.Headers.TryAddWithoutValidation(name, values);
            }

            response.Content = content;
        }

        return response;
    }

    /// <summary>A line of the stream with a finish reason that is known, or none.</summary>
    internal static string Known(string line) => Reason().Replace(line, match => match.Groups[2].Value switch
    {
        "stop" or "length" or "content_filter" or "tool_calls" or "function_call" => match.Value,
        "eos" or "eos_token" or "end_turn" or "stop_sequence" => match.Groups[1].Value + "\"stop\"",
        "max_tokens" => match.Groups[1].Value + "\"length\"",
        _ => match.Groups[1].Value + "null", // an empty one in each piece, or an abort: it does not say that the answer is whole
    });

    /// <summary>A line of Anthropic's stream, with the fields that its package needs.</summary>
    private static string Filled(string line)
    {
        if (!line.StartsWith(Data, StringComparison.Ordinal) || !(line.Contains(End, StringComparison.Ordinal) || line.Contains(Begin, StringComparison.Ordinal) || line.Contains(Block, StringComparison.Ordinal)))
        {
            return line;
        }

        try
        {
            return JsonNode.Parse(line[Data.Length..]) is JsonObject data && (string?)data["type"] switch
            {
                Begin => data["message"] is JsonObject message && Fill(UsageOf(message), 0, "input_tokens", "output_tokens"),
                Block => data["content_block"] is JsonObject block && (string?)block["type"] == "thinking" && Fill(block, "", "thinking", "signature"),
                End => Fill(UsageOf(data), 0, "output_tokens"),
                _ => false,
            } ? $"{Data} {data.ToJsonString()}" : line;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return line; // the package says what is wrong with it
        }
    }

    private static JsonObject UsageOf(JsonObject owner)
    {
        if (owner["usage"] is not JsonObject usage)
        {
            owner["usage"] = usage = [];
        }

        return usage;
    }

    // True when anything was missing.
    private static bool Fill<T>(JsonObject data, T empty, params string[] names)
    {
        var missing = names.Where(name => data[name] is null).ToList();
        missing.ForEach(name => data[name] = JsonValue.Create(empty));
        return missing.Count > 0;
    }

    // A quote within a text has a backslash before it, so this is never found in what a model says.
    [GeneratedRegex(@"(""finish_reason""\s*:\s*)""([^""\\]*)""")]
    private static partial Regex Reason();

    /// <summary>The vendor's stream, line by line: an event ends with an empty one, so nothing is held back.</summary>
    private sealed class Lines(Stream vendor, bool isOpenAi) : Stream
    {
        private readonly HalfLetters _halves = new();
        private readonly StreamReader _reader = new(vendor, Encoding.UTF8);
        private ReadOnlyMemory<byte> _line;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_line.IsEmpty)
            {
                if (await _reader.ReadLineAsync(cancellationToken) is not { } line)
                {
                    return 0;
                }

                _line = Encoding.UTF8.GetBytes(_halves.Joined(isOpenAi ? Known(line) : Filled(line)) + "\n");
            }

            var count = Math.Min(buffer.Length, _line.Length);
            _line[..count].CopyTo(buffer);
            _line = _line[count..];
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _reader.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
