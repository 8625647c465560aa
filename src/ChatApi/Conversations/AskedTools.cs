using System.Text.Json;
using Microsoft.Extensions.AI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>What a model asked of the tools, as it may be used and sent back.</summary>
internal static class AskedTools
{
    // What tools take are a few words. Longer input would be paid again with each round that follows.
    private const int MostBytesOfInput = 4000;

    /// <summary>What another model may be told of a turn: what was asked for, and what came of it. Words beside it were this one's, its thoughts are bound to it, and not every vendor takes its ids.</summary>
    public static AiMessage[] Bare(AiMessage asked, AiMessage results, int turn)
    {
        var calls = asked.Contents.OfType<FunctionCallContent>().Select((call, place) => new FunctionCallContent($"kept_{turn}_{place}", call.Name, call.Arguments));
        var answers = results.Contents.Select((content, place) => new FunctionResultContent($"kept_{turn}_{place}", content is FunctionResultContent { Result: { } told } ? told : null));
        return [new AiMessage(ChatRole.Assistant, [.. calls]), new AiMessage(ChatRole.Tool, [.. answers])];
    }

    /// <summary>What is sent back of a call: vendors refuse a prompt with a name that no tool could have, and input that cannot be written.</summary>
    /// <param name="name">The tool's.</param>
    public static FunctionCallContent Kept(FunctionCallContent call, string name) =>
        new(call.CallId, name, WhyNot(call) is null && call.Arguments is { } input ? input : new Dictionary<string, object?>());

    /// <summary>Why its input is not used; null: it may be. Half of a surrogate pair, escaped, is JSON that cannot be written again.</summary>
    public static string? WhyNot(FunctionCallContent call)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(call.Arguments, AIJsonUtilities.DefaultOptions).Length > MostBytesOfInput ? "This is too long. Ask again in a few words." : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return "The input cannot be read.";
        }
    }
}
