using System.ClientModel;
using System.ClientModel.Primitives;
using Anthropic;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace LeadOrchestrator.Sandbox.Tests.Models;

/// <summary>The official packages as clients of both model vendors.</summary>
public abstract class ModelTest : SandboxTest
{
    protected const string Prompt = """
        You are the assistant of Acme Tint Austin.
        Customer: Bo
        Phone: +1 512-555-0100
        Hours:
        - Monday: 08:00 to 17:00
        - Sunday: closed
        Prices:
        - Full Car Ceramic Tint: $399.00 (about 4 hours)
        - Windshield Strip: $59.00
        - Sunroof Tint: $89.00 (90 min)
        """;

    public static TheoryData<string> Vendors => [Vendor.Anthropic, Vendor.OpenAi];

    protected async Task<List<ChatResponseUpdate>> StreamAsync(string vendor, string question)
    {
        using var client = Client(vendor);
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in client.GetStreamingResponseAsync(Messages(question)))
        {
            updates.Add(update);
        }

        return updates;
    }

    protected static List<ChatMessage> Messages(string question) => [new(ChatRole.System, Prompt), new(ChatRole.User, question)];

    protected IChatClient Client(string vendor) => vendor == Vendor.Anthropic
        ? new AnthropicClient { ApiKey = Settings.AnthropicApiKey, BaseUrl = Sandbox.BareUrl, MaxRetries = 0 }.AsIChatClient("claude-sonnet-5-5", 1024)
        : new ChatClient("gpt-6-luna", new ApiKeyCredential(Settings.OpenAiApiKey), new OpenAIClientOptions
        {
            Endpoint = new Uri(Sandbox.OpenAiUrl),
            RetryPolicy = new ClientRetryPolicy(0),
        }).AsIChatClient();
}
