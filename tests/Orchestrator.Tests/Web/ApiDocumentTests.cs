using System.Text.Json.Nodes;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Web;

/// <summary>The committed description of the API, which others generate their types from.</summary>
public sealed class ApiDocumentTests(Shop shop) : IClassFixture<Shop>
{
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
