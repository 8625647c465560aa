namespace LeadOrchestrator.Shared.Leads;

/// <summary>The states of a lead, as stored, sent and shown.</summary>
public static class LeadStatus
{
    /// <summary>Taken in; nobody has written to them.</summary>
    public const string New = "new";

    /// <summary>A text or email went out.</summary>
    public const string Contacted = "contacted";

    /// <summary>They answered.</summary>
    public const string Engaged = "engaged";

    /// <summary>They want no more messages.</summary>
    public const string OptedOut = "opted_out";

    /// <summary>No channel reaches them.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The order is gone or went elsewhere.</summary>
    public const string Lost = "lost";
}
