using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests;

public sealed class ChatDocumentTests(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public async Task The_document_tells_the_routes_the_words_and_the_events()
    {
        var document = await scene.Chat.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Where(path => path.StartsWith("/api", StringComparison.Ordinal)).ShouldBe(
        [
            "/api/chat/sessions", "/api/chat/sessions/current", "/api/chat/sessions/{id}", "/api/chat/sessions/{id}/messages",
            "/api/chat/sessions/{id}/stream", "/api/chat/sessions/{id}/opt-out", "/api/chat/sessions/{id}/pause", "/api/chat/sessions/{id}/stop",
            "/api/chat/sessions/{id}/reads", "/api/chat/sessions/{id}/handover", "/api/chat/sessions/{id}/pictures", "/api/chat/sessions/{id}/pictures/{pictureId}",
            "/api/chat/sessions/{id}/bookings/{bookingId}/confirmation", "/api/chat/sessions/{id}/bookings/{bookingId}/cancellation", "/api/chat/sessions/{id}/bookings/{bookingId}/calendar",
            "/api/chat/sessions/{id}/takeover", "/api/chat/sessions/{id}/staff-messages", "/api/chat/costs",
        ], ignoreOrder: true);
        var schemas = document.GetProperty("components").GetProperty("schemas");
        foreach (var name in new[]
        {
            "ChatSession", "ChatLocation", "ChatCustomer", "ChatMessage", "ChatMessagePage", "ChatMode", "ChatRole", "ChatChannel", "ChatMessageStatus", "NewMessage",
            "OpenChatSession", "AnswerUsage", "MessageCreated", "AnswerStarted", "AnswerDelta", "AnswerTool", "AnswerRestarted", "AnswerCompleted", "AnswerInterrupted", "AnswerFailed",
            "ModeChanged", "ChatBooking", "BookingHeld", "BookingChanged", "ProblemDetails",
        })
        {
            schemas.TryGetProperty(name, out _).ShouldBeTrue(name);
        }

        schemas.GetProperty("ChatMode").GetProperty("enum").EnumerateArray().Select(word => word.GetString()).ShouldBe(["ai", "human", "closed"]);
        schemas.GetProperty("ChatSession").GetProperty("properties").GetProperty("mode").ToString().ShouldContain("#/components/schemas/ChatMode");
        schemas.GetProperty("ChatMessage").GetProperty("properties").GetProperty("createdAt").GetProperty("type").GetString().ShouldBe("string");
    }

    [Fact]
    public async Task Every_time_is_text_and_every_route_but_the_public_one_says_how_to_sign_in()
    {
        var document = JsonNode.Parse(await scene.Chat.Http.GetStringAsync("/openapi/v1.json"))!;

        ApiDocument.TimesWithoutType(document).ShouldBeEmpty();
        ApiDocument.Open(document).ShouldBe(["POST /api/chat/sessions"]);
        ApiDocument.Ways(document, "get", "/api/chat/sessions/{id}").ShouldBe(["Chat", "Bearer", "ApiKey"]);
        ApiDocument.Ways(document, "get", "/api/chat/sessions").ShouldBe(["Bearer", "ApiKey"]);
        ApiDocument.Ways(document, "get", "/api/chat/costs").ShouldBe(["Bearer"]);
    }

    [Fact]
    public async Task The_committed_document_is_what_the_service_says()
    {
        var said = JsonNode.Parse(await scene.Chat.Http.GetStringAsync("/openapi/v1.json"));
        var committed = JsonNode.Parse(await File.ReadAllTextAsync(Repository.Path("web", "api", "chat.openapi.json")));

        JsonNode.DeepEquals(said, committed).ShouldBeTrue("Store /openapi/v1.json as web/api/chat.openapi.json, then npm run generate -w web/api");
    }
}
