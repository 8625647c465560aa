using System.Text;
using Anthropic.Models.Messages;
using LeadOrchestrator.ChatApi.Costs;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace LeadOrchestrator.ChatApi.Ai;

/// <summary>What has come of a stream so far, in our own count: for a call that ends before the vendor has said what it used.</summary>
/// <remarks>The adapters tell a usage only at the end of a stream; Anthropic says the prompt's at its beginning, and both send the input of a tool in pieces that the adapters keep.</remarks>
internal sealed class StreamCount
{
    // Vendors have about four bytes to a token. Pieces of one letter each are of a line that is cut as it likes.
    private const long BytesOfToken = 4;

    private long _silent;
    private (long Pieces, long Silent, long Bytes)? _told;

    /// <summary>Pieces of words, thoughts and a tool's input.</summary>
    public long Pieces { get; private set; }

    /// <summary>As many tokens as have come at least: each piece is one, unless pieces are smaller than tokens are.</summary>
    public long LeastTokens => Least(Pieces, _silent, Bytes);

    /// <summary>The same, and the bytes, of what has come since the vendor has last said how many tokens there are, if it has.</summary>
    public (bool IsTold, long LeastTokens, long Bytes) Untold =>
        _told is { } told ? (true, Least(Pieces - told.Pieces, _silent - told.Silent, Bytes - told.Bytes), Bytes - told.Bytes) : (false, LeastTokens, Bytes);

    /// <summary>Their UTF-8 bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Has any of a tool's input come?</summary>
    public bool HasInput { get; private set; }

    /// <summary>Did it refuse, in a place of its own beside the words?</summary>
    public bool IsRefused { get; private set; }

    /// <summary>What the vendor said of the prompt before its first word; null when it said nothing.</summary>
    public Tokens? Begun { get; private set; }

    /// <summary>What the vendor said of all of it beside its finish reason; null when it said nothing.</summary>
    public Tokens? Ended { get; private set; }

    /// <summary>Counts an update.</summary>
    /// <returns>Whether it brought anything of an answer.</returns>
    public bool Take(ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        var before = Pieces;
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextContent text:
                    Add(text.Text);
                    break;
                case TextReasoningContent thought:
                    Pieces++; // it thinks, whether it shows its thoughts or not
                    _silent += thought.Text.Length == 0 ? 1 : 0;
                    Bytes += Encoding.UTF8.GetByteCount(thought.Text);
                    break;
            }
        }

        switch (update.RawRepresentation)
        {
            case RawMessageStreamEvent { Value: RawMessageStartEvent { Message.Usage: { } usage } }:
                var (read, write) = (usage.CacheReadInputTokens ?? 0, usage.CacheCreationInputTokens ?? 0);
                Begun = new Tokens(usage.InputTokens + read + write, usage.OutputTokens, read, write);
                break;
            case RawMessageStreamEvent { Value: RawMessageDeltaEvent { Usage: { } total } }:
                Ended = Begun is null ? null : Whole(Begun, total);
                if (total.OutputTokens > 0)
                {
                    Told();
                }

                break;
            case RawMessageStreamEvent { Value: RawContentBlockDeltaEvent { Delta.Value: InputJsonDelta input } }:
                AddInput(input.PartialJson);
                break;
            case StreamingChatCompletionUpdate { RefusalUpdate: { Length: > 0 } refusal }:
                IsRefused = true;
                Add(refusal);
                break;
            case StreamingChatCompletionUpdate { ToolCallUpdates: { Count: > 0 } calls }:
                foreach (var call in calls)
                {
                    AddInput(call.FunctionArgumentsUpdate?.ToString() ?? "");
                }

                break;
        }

        return Pieces > before || update.Contents.OfType<FunctionCallContent>().Any();
    }

    /// <summary>The vendor has said how many tokens there are until here.</summary>
    public void Told() => _told = (Pieces, _silent, Bytes);

    // Servers that tell nothing of the prompt at the beginning tell it at the end.
    private static Tokens Whole(Tokens begun, MessageDeltaUsage total)
    {
        if (begun.Input > 0 || total.InputTokens is not { } input)
        {
            return begun with { Output = total.OutputTokens };
        }

        var (read, write) = (total.CacheReadInputTokens ?? 0, total.CacheCreationInputTokens ?? 0);
        return new Tokens(input + read + write, total.OutputTokens, read, write);
    }

    private static long Least(long pieces, long silent, long bytes) => silent + Math.Min(pieces - silent, (bytes + BytesOfToken - 1) / BytesOfToken);

    private void AddInput(string piece)
    {
        HasInput |= piece.Length > 0;
        Add(piece);
    }

    private void Add(string piece)
    {
        if (piece.Length > 0)
        {
            Pieces++;
            Bytes += Encoding.UTF8.GetByteCount(piece);
        }
    }
}

/// <summary>How many tokens a model makes of so many bytes, as its vendor has last counted them.</summary>
public sealed class TokenScale
{
    // Less says nothing of the next text.
    private const long LeastBytes = 60;

    // Three bytes a token: more tokens than English words have, as long as nothing is known.
    private double _tokensPerByte = 1 / 3d;

    /// <summary>A vendor has counted a text.</summary>
    public void Learn(long bytes, long tokens)
    {
        if (bytes >= LeastBytes && tokens > 0)
        {
            Volatile.Write(ref _tokensPerByte, Math.Min(1, (double)tokens / bytes));
        }
    }

    /// <summary>About as many tokens as a text of so many bytes has, rounded up.</summary>
    public long Tokens(long bytes) => (long)Math.Ceiling(Math.Round(bytes * Volatile.Read(ref _tokensPerByte), 3));
}
