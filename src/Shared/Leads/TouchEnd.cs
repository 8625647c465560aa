namespace LeadOrchestrator.Shared.Leads;

/// <summary>How a touch point <c>t</c> ends, also one that is with its vendor at that moment: what has surely not gone out then does not go out later.</summary>
public static class TouchEnd
{
    /// <summary>SQL: it is with the vendor, or nobody knows. Nobody takes it back.</summary>
    public const string IsOut = "(t.status = 'unknown' OR (t.status = 'sending' AND t.handed_over_at IS NOT NULL))";

    /// <summary>
    /// SQL: what is set when it ends for <c>@reason</c>. One that is out keeps its claim, so that the end of its call still lands; that it <see cref="HasEnded"/> is known by its reason then,
    /// and where that is lost, since its worker died, its time is over.
    /// </summary>
    /// <remarks>One statement for both: the row may be handed over while the statement waits for it.</remarks>
    public const string Set = $"""
        status = CASE WHEN {IsOut} THEN t.status ELSE 'cancelled' END, reason = CASE WHEN t.status = 'unknown' THEN t.reason ELSE @reason END,
        fence = CASE WHEN {IsOut} THEN t.fence ELSE t.fence + 1 END, claimed_by = CASE WHEN {IsOut} THEN t.claimed_by END, lease_until = CASE WHEN {IsOut} THEN t.lease_until END,
        expires_at = CASE WHEN {IsOut} THEN greatest(t.created_at + interval '1 millisecond', least(t.expires_at, @now)) ELSE t.expires_at END,
        updated_at = CASE WHEN {IsOut} THEN t.updated_at ELSE @now END
        """;

    /// <summary>SQL: it ended while it was out.</summary>
    public const string HasEnded = """
        (t.status || '' = 'sending' AND t.handed_over_at IS NOT NULL AND t.reason IN (
            'appointment_moved', 'appointment_cancelled', 'appointment_completed', 'appointment_no_show', 'human_takeover', 'staff_took_over'))
        """;
}
