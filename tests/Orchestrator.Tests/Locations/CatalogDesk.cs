using System.Text.Json;
using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Shopmonkey;

namespace LeadOrchestrator.Orchestrator.Tests.Locations;

/// <summary>A manager at the prices of the shop in Austin, over days of its clock.</summary>
public abstract class CatalogDesk(Franchise franchise)
{
    protected Franchise Franchise { get; } = franchise;

    protected string Catalog => $"/api/locations/{Franchise.Austin}/catalog";

    // A sign-in ends sooner than these days go by.
    protected async Task<JsonElement> PatchAsync(string path, string body, int status = 200)
    {
        using var manager = Franchise.As("manager");
        return await manager.PatchJsonAsync(path, body).JsonAsync(status);
    }

    protected async Task<JsonElement> GetAsync(string path)
    {
        using var manager = Franchise.As("manager");
        return await manager.GetAsync(path).JsonAsync();
    }

    /// <summary>A service of the CRM, taken in.</summary>
    /// <returns>The path of its catalog item.</returns>
    protected async Task<string> CrmItemAsync(string id, long cents, long version = 1)
    {
        Franchise.PutService(id, Crm.AustinId, cents: cents, change: row => row["meta"] = new JsonObject { ["version"] = version });
        await Franchise.SyncAsync(Franchise.Austin, Crm.AustinId);
        return $"{Catalog}/{(await Franchise.ItemAsync(Franchise.Austin, id))!["id"]}";
    }
}
