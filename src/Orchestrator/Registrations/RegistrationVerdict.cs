namespace LeadOrchestrator.Orchestrator.Registrations;

/// <summary>What a tenant's webhooks at the CRM come to. Pure.</summary>
/// <param name="State">ok, missing, other_url, disabled, incomplete or failing.</param>
/// <param name="Words">What that means, and what a person does about it.</param>
public sealed record RegistrationVerdict(string State, string Words)
{
    /// <summary>Where the CRM's webhooks come in.</summary>
    public const string Path = "/webhooks/shopmonkey";

    /// <summary>Events come.</summary>
    public const string Ok = "ok";

    /// <summary>Nothing leads to a door of this system.</summary>
    public const string Missing = "missing";

    /// <summary>What does, leads to another address.</summary>
    public const string OtherUrl = "other_url";

    /// <summary>It is switched off.</summary>
    public const string Disabled = "disabled";

    /// <summary>It tells of a part only: of some of the tables, or of one shop.</summary>
    public const string Incomplete = "incomplete";

    /// <summary>It is on, and the latest event could not be delivered.</summary>
    public const string Failing = "failing";

    /// <summary>Does this address lead to a door like ours, wherever it is?</summary>
    public static bool IsOurs(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.AbsolutePath == Path || address.AbsolutePath.StartsWith($"{Path}/", StringComparison.Ordinal));

    private static readonly string[] Operations = ["Insert", "Update", "Delete"];

    // Several may share the work. A list of triggers that cannot be read says nothing against one. A table's name is as good as all of its operations, and the other way round:
    // the CRM may show the one for the other.
    private static bool TellAll(IReadOnlyList<WebhookRow> rows, IReadOnlyList<string> triggers)
    {
        var told = rows.SelectMany(row => row.TriggerNames).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return rows.Any(row => row.TriggerNames is []) || triggers.All(trigger => told.Contains(trigger)
            || Operations.All(operation => told.Contains(trigger + operation))
            || Operations.Any(operation => trigger.EndsWith(operation, StringComparison.OrdinalIgnoreCase) && told.Contains(trigger[..^operation.Length])));
    }

    /// <summary>Judges all of a company's webhooks.</summary>
    /// <param name="leadsHere">Does an address lead to this tenant's door of this system?</param>
    /// <param name="triggers">What they shall tell of.</param>
    public static RegistrationVerdict Of(IReadOnlyList<WebhookRow> rows, Func<string, bool> leadsHere, IReadOnlyList<string> triggers)
    {
        var ours = rows.Where(row => IsOurs(row.Url)).ToList();
        var here = ours.Where(row => leadsHere(row.Url!)).ToList();
        return ours.Count == 0 ? new(Missing, $"The CRM has no webhook to {Path}: it does not tell of new quotes, and only the poll finds them. POST /api/webhook-registrations makes it.")
            : here.Count == 0 ? new(OtherUrl, "The CRM's webhook leads to another address than PUBLIC_URL: it does not tell this system of new quotes, and only the poll finds them. POST /api/webhook-registrations lets it lead here; or correct PUBLIC_URL.")
            : here.TrueForAll(row => row.Enabled == false) ? new(Disabled, "The webhook is switched off at Shopmonkey: it does not tell of new quotes, and only the poll finds them. Switch it on again by POST /api/webhook-registrations (or at Shopmonkey: Settings, Integration, Webhooks).")
            : !TellAll([.. here.Where(row => row.Enabled != false && string.IsNullOrEmpty(row.LocationId))], triggers) ? new(Incomplete, "Shopmonkey's webhook tells of some tables only, or of one shop: what it leaves out is found by the poll alone, up to minutes later. POST /api/webhook-registrations lets it tell of everything.")
            : here.TrueForAll(row => row.Enabled == false || row.Error == true) ? new(Failing, "Shopmonkey could not deliver its latest webhook. Is PUBLIC_URL reachable from outside (tunnel, DNS, certificate)?")
            : new(Ok, "Shopmonkey tells this system of what happens.");
    }
}
