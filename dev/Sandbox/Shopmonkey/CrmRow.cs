using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>A row as it is kept, its two dates read once. It is never changed: a change is another row in its place.</summary>
internal sealed class CrmRow
{
    /// <param name="data">Belongs to the row from here on.</param>
    public CrmRow(JsonObject data)
    {
        Settle(data);
        Data = data;
        Id = data["id"].Text() ?? "";
        Created = Json.Ticks(data["createdDate"].Text());
        Updated = Json.Ticks(data["updatedDate"].Text());
        WasNeverUpdated = data.TryGetPropertyValue("updatedDate", out var updated) && updated is null;
    }

    /// <summary>Only to be read. A copy leaves.</summary>
    public JsonObject Data { get; }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>Ticks of its <c>createdDate</c>; null: it has none.</summary>
    public long? Created { get; }

    /// <summary>Ticks of its <c>updatedDate</c>; null: it was never changed.</summary>
    public long? Updated { get; }

    /// <summary>Whether its <c>updatedDate</c> is there and null: it is in no window.</summary>
    public bool WasNeverUpdated { get; }

    /// <summary>A copy that may be changed.</summary>
    public JsonObject Copy() => (JsonObject)Data.DeepClone();

    // What came in as text is read piece by piece when somebody looks, and several may look at once.
    private static void Settle(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject item:
                foreach (var (_, value) in item)
                {
                    Settle(value);
                }

                break;
            case JsonArray list:
                foreach (var value in list)
                {
                    Settle(value);
                }

                break;
        }
    }
}
