namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Every reason that an event of the inbox can have, in words, and what can be done about it.</summary>
public static class EventReasons
{
    private static readonly Dictionary<string, string> Sentences = new()
    {
        // Dead at the door: what came cannot be an event of ours.
        ["not_an_object"] = "The body is JSON, but no object. Nothing can be made of it.",
        ["not_an_event"] = "The body lacks table, operation or data, so it is no event of the CRM.",
        ["unknown_table"] = "The event is about a table that is not used here.",
        ["unknown_operation"] = "The event's operation is none of INSERT, UPDATE and DELETE.",
        ["no_row_id"] = "The event does not say which row it is about.",
        ["duplicate_keys"] = "The body says one thing twice, so nobody can know which is meant.",
        ["invalid_text"] = "The body holds half a character or a control character where an id belongs.",
        ["unknown_company"] = "No tenant has the company that the event names. Make the tenant, or give it the company, and replay the event: it is handed to that tenant.",

        // Dead or waiting in the inbox.
        ["not_an_order"] = "The order's fields have a shape that cannot be read.",
        ["not_a_customer"] = "The customer's fields have a shape that cannot be read.",
        ["not_a_vehicle"] = "The vehicle's fields have a shape that cannot be read.",
        ["not_an_appointment"] = "The appointment's fields have a shape that cannot be read.",
        ["not_a_service"] = "The service's fields have a shape that cannot be read.",
        ["no_location"] = "The order names no location, so it is nobody's lead.",
        ["customer_not_found"] = "The CRM does not show the order's customer. Look for the customer there, and replay the event once it is to be seen.",
        ["row_not_found"] = "The CRM does not show this row (any more), so there was nothing to be taken over.",
        ["customer_not_read_yet"] = "The customer's first lead came while the event was being read; it is read again.",
        ["customer_changed_meanwhile"] = "The customer or the vehicle changed while the order was being read; it is read again.",
        ["version_of_another_kind"] = "One event of the row tells its number, another one only its date, so nobody can say which is newer; the CRM is asked which holds.",
        ["same_version_other_content"] = "Two events tell different things of the same version; the CRM is asked which holds.",
        ["changed_in_the_crm"] = "The CRM tells of a change of a booking of ours, perhaps from before our own last change; the row itself is read before the booking moves or ends.",
        ["shopmonkey_is_switched_off"] = "This tenant has no key for its CRM. Store one and replay the event.",
        ["shopmonkey_unreachable"] = "The CRM could not be reached; it is tried again for a day. Look at the network, and replay what died.",
        ["shopmonkey_timeout"] = "The CRM did not answer in time; it is tried again for a day.",
        ["shopmonkey_paused"] = "The CRM asked us to wait, or failed several times in a row; it is asked again when the pause is over.",
        ["shopmonkey_budget_used_up"] = "The key's requests of this minute are used up; the CRM is asked again when some are free.",
        ["shopmonkey_answer_unreadable"] = "The CRM answered something that cannot be read. Replay the event later; if it stays so, the CRM has changed.",
        ["database_away"] = "Our database was away; it is tried again for a day.",
        ["refused_by_database"] = "Something in the event cannot be stored: a value that does not fit, or an odd character. The log has it under this event's id. Mend the row in the CRM; its next change is a new event.",
        ["failed"] = "Something failed on our side; the log has it under this event's id. Replay the event when it is mended.",

        // Texts that came in.
        ["no_sender"] = "The text came without a number that could be read, so nobody knows whose it is.",
        ["unknown_sender"] = "Nobody's lead has the number that the text came from.",

        // What SendGrid tells of emails, and emails that came in.
        ["unknown_message"] = "The event is about an email that was not sent from here, so nothing follows from it.",
        ["no_event_name"] = "The event does not say what happened.",
        ["unknown_mail_event"] = "The event says something of an email that is not used here.",
        ["not_counted_here"] = "Who opens an email or follows its link is not counted here.",
        ["resubscribed_at_vendor"] = "Somebody subscribed again at SendGrid. Here only a person's own word brings them back.",
        ["own_mail"] = "The email comes from the address that the shop itself writes from, so it is no customer's word.",
        ["automatic_reply"] = "A machine wrote the email (an absence, a mail server), so it is nobody's word.",
        ["unproven_reply"] = "The email came from an address that is known here, but not to the address at which our email is answered, so anybody could have written it. Read it, and write to the customer.",

        // Used, or of no use.
        ["order_deleted"] = "The order was deleted in the CRM. What was planned for its lead has ended.",
        ["not_an_estimate"] = "The order's status is none that counts as a lead in its shop (usually: Estimate).",
        ["order_archived"] = "The order is archived.",
        ["order_imported"] = "The order was imported into the CRM and nobody asked for it now.",
        ["order_already_sold"] = "The order is authorized, invoiced or paid: it is no question any more.",
        ["excluded_by_rule"] = "A word in the order's name or column is excluded by the shop's lead rules.",
        ["in_a_lost_column"] = "The order is in a column where the shop keeps what is lost.",
        ["not_in_a_lead_column"] = "The order is in none of the columns in which this shop's quote requests arrive. GET /api/locations/{id}/lead-rules says which those are.",
        ["order_of_another_location"] = "The order belongs to another location of the company.",
        ["overtaken_by_a_newer_event"] = "A newer event of the same row, or its deletion, was taken in before.",
        ["concerns_no_lead"] = "Nobody's lead has to do with this row, or all of it was known.",
        ["read_when_an_order_needs_it"] = "Such rows were only read with an order when this event came.",
        ["handed_to_its_tenant"] = "The event was handed to the tenant that has its company by now.",
        ["lead_rules_changed"] = "The shop's lead rules were changed, so the order is looked at again.",
    };

    /// <summary>The words that are known, in no order.</summary>
    public static IReadOnlyCollection<string> Known => Sentences.Keys;

    /// <summary>A reason as a sentence; null for none.</summary>
    public static string? Explain(string? reason) => reason switch
    {
        null or "" => null,
        _ when Sentences.TryGetValue(reason, out var sentence) => sentence,
        "shopmonkey_401" or "shopmonkey_403" => "The CRM refuses our key, or the key may not see this. Store a valid one; it is tried again for a day, and can be replayed after that.",
        "shopmonkey_429" => "The CRM has had enough of our questions for the moment; it is tried again.",
        ['s', 'h', 'o', 'p', 'm', 'o', 'n', 'k', 'e', 'y', '_', var hundreds, _, _] when char.IsAsciiDigit(hundreds) =>
            hundreds == '5' ? "The CRM failed on its side; it is tried again for a day." : "The CRM refused the question. Replay the event later; if it stays so, the CRM has changed.",
        _ => null,
    };
}
