using System.Text.Json.Nodes;
using LeadOrchestrator.ChatApi.Sessions;
using LeadOrchestrator.Shared.Messages;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LeadOrchestrator.ChatApi;

/// <summary>What the types alone don't tell OpenAPI: the words that a field can be, and what the events of a stream carry.</summary>
internal static class ChatDocument
{
    private static readonly (string Schema, string[] Words, (string Type, string Property)[] Places)[] Words =
    [
        ("ChatMode", [SessionModes.Ai, SessionModes.Human, SessionModes.Closed], [(nameof(Sessions.ChatSession), "mode"), (nameof(ModeChanged), "mode")]),
        ("ChatRole", [MessageRoles.Customer, MessageRoles.Assistant, MessageRoles.Staff, MessageRoles.System], [(nameof(ChatMessage), "role")]),
        ("ChatChannel", [MessageChannels.Chat, MessageChannels.Sms, MessageChannels.Email], [(nameof(ChatMessage), "channel")]),
        ("ChatMessageStatus", [MessageStatuses.Streaming, MessageStatuses.Complete, MessageStatuses.Interrupted, MessageStatuses.Failed, MessageStatuses.Superseded],
            [(nameof(ChatMessage), "status")]),
    ];

    private static readonly Type[] Events =
        [typeof(AnswerStarted), typeof(AnswerDelta), typeof(AnswerTool), typeof(AnswerRestarted), typeof(AnswerCompleted), typeof(AnswerInterrupted), typeof(AnswerFailed), typeof(ModeChanged),
        typeof(BookingHeld), typeof(BookingChanged)];

    public static void Describe(OpenApiOptions options)
    {
        options.AddDocumentTransformer(async (document, context, cancel) =>
        {
            document.Info.Title = "Chat API";
            document.Info.Description = "The customer's chat: a session from the link's code, messages, and the answer as a stream of events.";
            document.AddComponent<IOpenApiSecurityScheme>(ChatAuthentication.SchemeName, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "chat-{sessionId}",
                Description = "For customers: the cookie of POST /api/chat/sessions, one for each session (__Host-chat-{sessionId} behind https). Its content counts as Bearer, too.",
            });
            document.Servers?.Clear(); // relative to wherever it is read: browsers reach it through the Orchestrator
            foreach (var type in Events)
            {
                document.AddComponent(type.Name, (IOpenApiSchema)await context.GetOrCreateSchemaAsync(type, null, cancel));
            }

            document.AddComponent<IOpenApiSchema>("MessageCreated", new OpenApiSchemaReference(nameof(ChatMessage), document));
            AddWords(document);
            foreach (var name in new[] { "usage", "clientMessageId", "pictures" })
            {
                Schema(document, nameof(ChatMessage)).Required?.Remove(name);
            }

            foreach (var property in Schema(document, nameof(Conversations.NewMessage)).Properties!.Values.OfType<OpenApiSchema>())
            {
                property.Type &= ~JsonSchemaType.Null;
            }
        });
    }

    private static void AddWords(OpenApiDocument document)
    {
        foreach (var (name, words, places) in Words)
        {
            document.AddComponent<IOpenApiSchema>(name, new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. words.Select(word => (JsonNode)word)] });
            foreach (var (type, property) in places)
            {
                Schema(document, type).Properties![property] = new OpenApiSchemaReference(name, document);
            }
        }
    }

    private static OpenApiSchema Schema(OpenApiDocument document, string name) => (OpenApiSchema)document.Components!.Schemas![name];
}
