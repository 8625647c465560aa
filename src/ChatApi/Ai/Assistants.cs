using System.ClientModel;
using System.ClientModel.Primitives;
using Anthropic;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.AI;
using OpenAI;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;
using Ttl = Anthropic.Models.Messages.Ttl;

namespace LeadOrchestrator.ChatApi.Ai;

/// <summary>A model and the client that speaks to it.</summary>
public sealed record Assistant(AiModel Model, IChatClient Client)
{
    /// <summary>How many tokens its prompts have.</summary>
    public TokenScale Prompts { get; } = new();

    /// <summary>How many tokens its answers have, its thoughts included.</summary>
    public TokenScale Answers { get; } = new();
}

/// <summary>The models to ask, the first choice first: the next one is asked when one fails.</summary>
/// <remarks>Both vendors' own SDKs, which try nothing again: each call is one request, with its own row in the ledger. Who is asked again is decided in one place, <see cref="Conversations.Speaking"/>.</remarks>
public sealed class Assistants(ChatApiSettings settings, IHttpClientFactory http)
{
    /// <summary>Name of the HTTP client of all vendors.</summary>
    public const string HttpClientName = "ai";

    /// <summary>Most tokens of one answer, thinking included: with it a call has a highest price.</summary>
    public const int MaxOutputTokens = 1024;

    private const int TypicalInput = 2000;
    private const int Retries = 0;

    /// <summary>In the order of asking.</summary>
    public IReadOnlyList<Assistant> InOrder { get; } = [.. settings.Models.Select(model => new Assistant(model.Model, Create(model, http)))];

    /// <summary>The cheapest answer first, by the prices of a day: for a tenant that has used most of its budget.</summary>
    public IReadOnlyList<Assistant> CheapestFirst(DateTimeOffset now) =>
        [.. InOrder.OrderBy(assistant => assistant.Model.PriceOn(DateOnly.FromDateTime(now.UtcDateTime)) is var price ? price.Of(TypicalInput).AtMost(TypicalInput, assistant.Model.MostOutput) : 0)];

    /// <summary>What is asked for beside the prompt.</summary>
    public static ChatOptions Options(AiModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ChatOptions
        {
            ModelId = model.Id,
            MaxOutputTokens = model.MostOutput,
            Temperature = model.Temperature,
            Reasoning = model.Effort is { } effort ? new ReasoningOptions { Effort = effort } : null,
        };
    }

    /// <summary>
    /// A prompt as the vendor wants it. Anthropic remembers the first part of the system's text, and the tools before it, for five minutes and bills them at a fraction; the others
    /// get one text, and find by themselves what they have read before.
    /// </summary>
    public static IReadOnlyList<AiMessage> Shaped(AiModel model, IReadOnlyList<AiMessage> prompt)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        var system = model.Provider == Providers.Claude
            ? new AiMessage(ChatRole.System, [new TextContent(((TextContent)prompt[0].Contents[0]).Text).WithCacheControl(Ttl.Ttl5m), .. prompt[0].Contents.Skip(1)])
            : new AiMessage(ChatRole.System, prompt[0].Text);
        return [system, .. prompt.Skip(1)];
    }

    private static IChatClient Create(ConfiguredModel configured, IHttpClientFactory http)
    {
        var (model, key, baseUrl) = configured;
        return model.Provider == Providers.Claude
            ? new AnthropicClient { ApiKey = key, BaseUrl = baseUrl.ToString().TrimEnd('/'), MaxRetries = Retries, HttpClient = http.CreateClient(HttpClientName) }
                .AsIChatClient(model.Id, model.MostOutput)
            : new OpenAI.Chat.ChatClient(model.Id, new ApiKeyCredential(key), new OpenAIClientOptions
            {
                Endpoint = baseUrl,
                RetryPolicy = new ClientRetryPolicy(Retries),
                NetworkTimeout = Timeout.InfiniteTimeSpan,
                Transport = new HttpClientPipelineTransport(http.CreateClient(HttpClientName)),
            }).AsIChatClient();
    }
}

/// <summary>Says at the start what one should know of the chosen models: an end that is near, a price that nobody told us.</summary>
internal sealed partial class ModelWarnings(ChatApiSettings settings, TimeProvider clock, ILogger<ModelWarnings> logger) : IWarmUp
{
    public Task WarmUpAsync(CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        foreach (var (model, _, _) in settings.Models)
        {
            if (model.RetiresOn is { } day && day <= today.AddDays(ModelLife.DaysAhead))
            {
                Retires(logger, model.Id, day);
            }

            if (!model.IsPriceKnown)
            {
                PriceUnknown(logger, model.Id, model.Provider);
            }
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(5001, LogLevel.Warning, "The model {Model} is switched off by its vendor on {Day:yyyy-MM-dd}: choose another (CLAUDE_MODEL, OPENAI_MODEL)")]
    private static partial void Retires(ILogger logger, string model, DateOnly day);

    [LoggerMessage(5002, LogLevel.Warning, "The price of the model {Model} is in no table: it counts at the dearest that {Provider} has, so that the cap on spend holds; AI_MODELS_FILE may say what it costs")]
    private static partial void PriceUnknown(ILogger logger, string model, string provider);
}
