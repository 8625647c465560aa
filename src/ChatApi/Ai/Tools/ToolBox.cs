using System.Text;
using System.Text.Json;
using LeadOrchestrator.ChatApi.Bookings;
using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Microsoft.Extensions.AI;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>Whose turn a tool acts in. It comes from the session; the model names no tenant, no lead and no price.</summary>
public sealed record ToolTurn(SessionKey Session, Guid MessageId, AnswerStart Start, DateTimeOffset Now);

/// <summary>What a tool has done.</summary>
/// <param name="Text">JSON, for the model.</param>
/// <param name="Done">What is true from now on: it has a committed row.</param>
public sealed record ToolResult(bool IsDone, string Text, Deeds Done)
{
    /// <summary>What is to be said to who texts, in our own words and nothing else: it is too important to be left to a model.</summary>
    public string? Words { get; init; }

    /// <summary>What it has taken for the customer. It takes the place of what they held before.</summary>
    public TakenSlot? Slot { get; init; }

    /// <summary>What is true of the conversation once this is done.</summary>
    public TruthFacts After(TruthFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return facts with { Done = facts.Done | Done, Slots = Slot is null ? facts.Slots : [.. facts.Slots.Where(slot => !slot.IsHeld), Slot] };
    }

    /// <summary>A result of fields.</summary>
    public static ToolResult Of<T>(T result, Deeds done = Deeds.None) => new(true, JsonSerializer.Serialize(result, Options), done);

    /// <summary>It was not done, and why.</summary>
    public static ToolResult Refused(string why) => new(false, JsonSerializer.Serialize(new { error = why }, Options), Deeds.None);

    /// <summary>It was not done; the fields say why, and what could be instead.</summary>
    public static ToolResult Refused<T>(T why) where T : class => new(false, JsonSerializer.Serialize(why, Options), Deeds.None);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by a model, and by nobody as HTML
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };
}

/// <summary>Something that a model may ask for.</summary>
/// <param name="name">As the model calls it.</param>
/// <param name="description">What the model is told of it.</param>
/// <param name="schema">JSON schema of its input.</param>
public abstract class ChatTool(string name, string description, string schema)
{
    /// <summary>What the model is told of it.</summary>
    public AIFunctionDeclaration Declaration { get; } = AIFunctionFactory.CreateDeclaration(name, description, JsonSerializer.Deserialize<JsonElement>(schema));

    /// <summary>Has it any input, needed or not?</summary>
    public bool TakesInput => Declaration.JsonSchema.TryGetProperty("properties", out var properties) && properties.EnumerateObject().Any();

    /// <summary>Does it.</summary>
    public abstract Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel);

    /// <summary>A text of the input; null when it is missing or something else.</summary>
    protected static string? TextOf(IReadOnlyDictionary<string, object?> input, string key) =>
        input?.GetValueOrDefault(key) switch { string text => PlainText.Clean(text), JsonElement { ValueKind: JsonValueKind.String } json => Read(json), _ => null };

    // Half of a surrogate pair, escaped, cannot be read as a text.
    private static string? Read(JsonElement json)
    {
        try
        {
            return PlainText.Clean(json.GetString()!);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>All tools, and their use by name.</summary>
public sealed partial class ToolBox
{
    // What the vendors add around tools, by their own pages: less than this.
    private const int TokensAroundTools = 700;
    private readonly Dictionary<string, ChatTool> _tools;
    private readonly ILogger _logger;

    /// <summary>Made once for the process.</summary>
    public ToolBox(
        LeadDatabase database, AnswerReviewStore reviews, PersonCalls persons, ContactStore contacts, ChatBookings bookings, ILogger<ToolBox> logger)
    {
        _logger = logger;
        ChatTool[] tools =
        [
            new ServicesAndPrices(), new OpeningHours(), new FreeSlots(bookings), new Book(bookings), new Reschedule(bookings), new Cancel(bookings), new CorrectMyContactData(reviews),
            new FetchPerson(persons), new StopContactingMe(database, contacts),
        ];
        _tools = tools.ToDictionary(tool => tool.Declaration.Name);
        MostTokens = TokensAroundTools + tools.Sum(tool => tool.Declaration.Name.Length + tool.Declaration.Description.Length + Encoding.UTF8.GetByteCount(tool.Declaration.JsonSchema.GetRawText()));
    }

    /// <summary>The most tokens that their declarations take.</summary>
    public long MostTokens { get; }

    /// <summary>What a model is told of them.</summary>
    public IEnumerable<AITool> Declared => _tools.Values.Select(tool => tool.Declaration);

    /// <summary>The tool's name, as customers' browsers get it: one of ours, or "unknown".</summary>
    public string NameOf(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return _tools.ContainsKey(call.Name) ? call.Name : "unknown";
    }

    /// <summary>Uses a tool. What the model asks for wrongly is a result too: it reads why.</summary>
    public async Task<ToolResult> UseAsync(FunctionCallContent call, ToolTurn turn, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(turn);
        if (!_tools.TryGetValue(call.Name, out var tool))
        {
            return ToolResult.Refused("There is no such tool.");
        }

        // Half of its input, or two inputs in one, is not what it was asked with.
        if (call.Exception is not null && tool.TakesInput)
        {
            return ToolResult.Refused("The input is no JSON object. Ask again.");
        }

        try
        {
            return await tool.RunAsync(turn, call.Arguments?.AsReadOnly() ?? new Dictionary<string, object?>().AsReadOnly(), cancel);
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested)
        {
            // Whatever it is: the customer gets an answer all the same.
            ToolFailed(_logger, call.Name, turn.MessageId, turn.Session.TenantId, exception.GetType().Name, (exception as Npgsql.NpgsqlException)?.SqlState);
            return ToolResult.Refused("It could not be done just now. Say so, and give the shop's phone number.");
        }
    }

    [LoggerMessage(5070, LogLevel.Warning, "The tool {Tool} failed for answer {MessageId} (tenant {TenantId}, {Kind} {SqlState})")]
    private static partial void ToolFailed(ILogger logger, string tool, Guid messageId, Guid tenantId, string kind, string? sqlState);
}
