namespace LeadOrchestrator.Shared.Leads;

/// <summary>Whose leads belong together.</summary>
public static class SamePerson
{
    /// <summary>SQL: the leads <c>o</c> of whoever is behind the lead <c>l</c>: that one, and their other requests, known by the phone or by the person.</summary>
    public const string Join = "JOIN leads o ON o.tenant_id = @tenantId AND (o.id = l.id OR o.contact_id = l.contact_id OR o.person_id = l.person_id)";
}
