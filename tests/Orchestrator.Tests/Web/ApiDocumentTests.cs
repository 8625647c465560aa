using System.Text.Json.Nodes;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Web;

/// <summary>The committed description of the API, which others generate their types from.</summary>
public sealed class ApiDocumentTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task Every_time_is_text_and_every_route_but_the_public_ones_says_how_to_sign_in()
    {
        var document = JsonNode.Parse(await shop.Http.GetStringAsync("/openapi/v1.json"))!;

        ApiDocument.TimesWithoutType(document).ShouldBeEmpty();
        ApiDocument.Open(document).ShouldBe(
        [
            "POST /api/auth/sessions", "POST /webhooks/shopmonkey", "POST /webhooks/shopmonkey/{tenant}", "POST /webhooks/twilio/inbound", "POST /webhooks/twilio/status/{attemptId}",
            "POST /webhooks/sendgrid/events", "POST /webhooks/sendgrid/events/{tenant}", "POST /webhooks/sendgrid/inbound", "POST /webhooks/sendgrid/inbound/{tenant}",
        ], ignoreOrder: true);
        ApiDocument.Ways(document, "get", "/api/leads").ShouldBe(["Bearer", "ApiKey"]);
        ApiDocument.Ways(document, "post", "/api/leads").ShouldBe(["Bearer", "ApiKey"]);
        ApiDocument.Ways(document, "get", "/api/tenants").ShouldBe(["Bearer"]);
        document["paths"]!["/api/leads"]!["get"]!["responses"]!["401"].ShouldNotBeNull();
        document["components"]!["parameters"]!["TenantId"]!["name"]!.GetValue<string>().ShouldBe("X-Tenant-Id");
    }

    [Fact]
    public async Task Every_answer_that_a_door_gives_is_in_the_document()
    {
        var paths = JsonNode.Parse(await shop.Http.GetStringAsync("/openapi/v1.json"))!["paths"]!.AsObject();
        foreach (var (path, methods) in paths.Where(path => path.Key.StartsWith("/webhooks/", StringComparison.Ordinal)))
        {
            methods!["post"]!["responses"]!.AsObject().Select(answer => answer.Key).ShouldBe(["200", "400", "401", "413", "503"], ignoreOrder: true, path);
            methods["post"]!["requestBody"].ShouldNotBeNull(path);
        }

        paths["/health"]!["get"]!["responses"]!["503"]!["content"].ShouldNotBeNull();
        paths["/health/ready"]!["get"]!["responses"]!["503"]!["content"].ShouldNotBeNull();
    }

    [Fact]
    public async Task An_empty_cursor_is_none_in_every_list()
    {
        using var staff = await shop.SignedInAsync();
        var document = JsonNode.Parse(await shop.Http.GetStringAsync("/openapi/v1.json"))!;
        var lists = document["paths"]!.AsObject().Where(path => !path.Key.Contains('{', StringComparison.Ordinal)
            && path.Value!["get"]?["parameters"] is JsonArray parameters && parameters.Any(parameter => parameter!["name"]?.GetValue<string>() == "cursor")).Select(path => path.Key).ToList();

        lists.Count.ShouldBeGreaterThan(10);
        foreach (var list in lists)
        {
            using var answer = await staff.GetAsync($"{list}?cursor=");
            ((int)answer.StatusCode).ShouldBe(200, $"{list}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task The_committed_document_is_what_the_service_says()
    {
        var said = JsonNode.Parse(await shop.Http.GetStringAsync("/openapi/v1.json"))!.AsObject();
        var committed = JsonNode.Parse(await File.ReadAllTextAsync(Repository.Path("web", "api", "orchestrator.openapi.json")))!.AsObject();
        foreach (var name in new[] { "servers", "info" }) // where it happened to run, and in which process
        {
            said.Remove(name);
            committed.Remove(name);
        }

        JsonNode.DeepEquals(said, committed).ShouldBeTrue(
            "Store /openapi/v1.json without its servers as web/api/orchestrator.openapi.json, then npm run generate -w web/api");
    }
}
