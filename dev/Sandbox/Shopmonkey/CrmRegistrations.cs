using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>A company's webhook registrations: those made over the API and, at the first company, the one that follows PUBLIC_URL and is there from the start.</summary>
/// <param name="hasOwn">Whether there is one from the start.</param>
internal sealed class CrmRegistrations(string companyId, bool hasOwn, SandboxClock clock, Faults faults, Outbound outbound, CrmTables tables)
{
    public const string OwnId = "6287a43a4d1a7226ffe0c001";
    private readonly Lock _lock = new();
    private readonly JsonObject _own = new()
    {
        ["id"] = OwnId,
        ["companyId"] = companyId,
        ["locationId"] = null,
        ["name"] = "lead-orchestrator",
        ["url"] = null,
        ["triggers"] = new JsonArray("Order", "Customer", "Vehicle", "Appointment", "CannedService"),
        ["enabled"] = true,
        ["error"] = false,
        ["errorMessage"] = null,
        ["errorDate"] = null,
        ["version"] = 3,
    };

    private int _failures;

    /// <summary>As <c>GET /v3/webhook</c> lists them. The company's own is implied until its address is registered over the API.</summary>
    public IReadOnlyList<JsonObject> All()
    {
        var made = tables.All("webhook");
        return hasOwn ? [Shown(Own()), .. made.Where(row => row["url"].Text() != OwnUrl)] : made;
    }

    public JsonObject? Find(string id) => All().FirstOrDefault(row => row["id"].Text() == id);

    /// <summary>Whether the company's own gets the events now.</summary>
    public bool IsOwnEnabled => hasOwn && Shown(Own())["enabled"]!.GetValue<bool>();

    /// <summary>What the company's own was registered with; null: nobody named a secret, so it is the account's.</summary>
    public string? OwnSecret => Own()["secret"].Text();

    /// <summary>The others that an event goes to.</summary>
    public IEnumerable<JsonObject> OthersFor(CrmEvent crmEvent)
    {
        var location = crmEvent.Data["locationId"].Text();
        return tables.All("webhook").Where(row =>
            row["url"].Text() is { } url && !(hasOwn && url == OwnUrl) && row["enabled"] is JsonValue enabled && enabled.GetValue<bool>()
            && (row["locationId"].Text() is not { } only || only == location)
            && Triggers(row, crmEvent));
    }

    /// <summary>Changes the company's own; enabling it ends the fault that disabled it.</summary>
    public JsonObject? ChangeOwn(string id, JsonObject changes)
    {
        if (!hasOwn || id != OwnId || Own()["id"].Text() != OwnId)
        {
            return null;
        }

        NoteEnabled(changes);
        lock (_lock)
        {
            foreach (var (field, value) in changes)
            {
                _own[field] = value?.DeepClone();
            }
        }

        return Shown(Own());
    }

    /// <summary>What a <c>PUT</c> on any registration of the company's own address means for the faults.</summary>
    public void NoteEnabled(JsonObject changes)
    {
        if (changes["enabled"] is JsonValue value && value.TryGetValue<bool>(out var enabled) && enabled)
        {
            Interlocked.Exchange(ref _failures, 0);
            faults.Remove(fault => fault.Kind == FaultKind.WebhookDisabled);
        }
    }

    /// <summary>Notes what came of an event for the company's own.</summary>
    public void NoteOwn(IReadOnlyList<Delivery> tries)
    {
        if (tries[^1].Succeeded)
        {
            Interlocked.Exchange(ref _failures, 0);
        }
        else
        {
            Interlocked.Increment(ref _failures);
        }

        var row = Own();
        if (row["id"].Text() == OwnId)
        {
            lock (_lock)
            {
                Note(_own, tries);
            }
        }
        else
        {
            Note(row, tries);
            tables.Put("webhook", row);
        }
    }

    /// <summary>Notes what came of an event for another.</summary>
    public void NoteOther(JsonObject row, IReadOnlyList<Delivery> tries)
    {
        if (!tries[^1].Succeeded)
        {
            Note(row, tries);
            tables.Put("webhook", row);
        }
    }

    private string OwnUrl => outbound.UrlOf(new DeliveryOptions().Path);

    private JsonObject Own()
    {
        if (tables.All("webhook").FirstOrDefault(row => row["url"].Text() == OwnUrl) is { } registered)
        {
            return registered;
        }

        lock (_lock)
        {
            var row = (JsonObject)_own.DeepClone();
            row["url"] = OwnUrl;
            return row;
        }
    }

    private JsonObject Shown(JsonObject row)
    {
        if (faults.Peek(Vendor.Shopmonkey, FaultKind.WebhookDisabled) is { } fault && _failures >= (fault.AfterFailures ?? 0))
        {
            row["enabled"] = false;
            row["error"] = true;
            row["errorMessage"] ??= "Disabled after too many failed deliveries";
            row["errorDate"] ??= Json.Time(clock.Now);
        }

        return row;
    }

    private void Note(JsonObject row, IReadOnlyList<Delivery> tries)
    {
        var last = tries[^1];
        row["error"] = !last.Succeeded;
        row["errorMessage"] = last.Succeeded ? null : last.Error ?? $"HTTP {last.Status}";
        row["errorDate"] = last.Succeeded ? null : Json.Time(clock.Now);
    }

    private static bool Triggers(JsonObject registration, CrmEvent crmEvent)
    {
        var table = string.Concat(crmEvent.Table.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        var operation = char.ToUpperInvariant(crmEvent.Operation[0]) + crmEvent.Operation[1..].ToLowerInvariant();
        return registration["triggers"] is not JsonArray { Count: > 0 } triggers
            || triggers.Any(trigger => trigger.Text() is { } name && (name == table || name == table + operation));
    }
}
