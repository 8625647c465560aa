using LeadOrchestrator.Orchestrator.Messaging;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Says in a sentence why a touch point is in its state: for staff, who read no machine words. A test finds a reason of the code that has none.</summary>
public static class TouchReasons
{
    private static readonly Dictionary<string, string> Sentences = new()
    {
        // How it stands without a reason of its own.
        ["sent"] = "It is with the carrier or the mailbox's provider.",
        ["delivered"] = "It has arrived.",
        ["left_before_the_stop"] = "It had left when the person said stop, and nobody could call it back.",
        ["not_due_yet"] = "Its time has not come yet.",
        ["due_now"] = "Its time has come: it goes out within seconds.",
        ["overdue"] = "Its time has come and passed: it goes out as soon as its turn comes.",
        ["being_sent"] = "It is being sent at this moment.",

        // Why it waits.
        ["held"] = "It is held by hand: nothing goes out until the hold is released.",
        ["paused_by_customer"] = "The person wanted a rest: what is planned waits for thirty days.",
        ["outside_legal_hours"] = "It waits for an hour in which texting is allowed where the person may be.",
        ["twilio_account_waits"] = "The account at Twilio is refused, unreachable or over its limit at the moment; it is tried again.",
        ["unread_texts_first"] = "What customers texted while we were away is read first, within seconds: a stop may be among it.",
        ["sendgrid_account_waits"] = "The account at SendGrid is refused, unreachable or over its limit at the moment; it is tried again.",
        ["sender_is_paced"] = "The number sends no faster than the carriers take its texts; it waits for its place.",
        ["daily_limit_reached"] = "The number has sent what the carriers take from it in a day, or all but what is kept for first texts; it goes on after midnight Pacific time.",
        ["too_many_opt_outs"] = "One in a hundred or more said stop within a day, so what was planned for many waits. Greetings go on. Look at the words and at whom they reach.",
        ["sender_is_blocked"] = "The carriers take no text of our number: its registration or its account must be mended in Twilio's console. One text tries it every quarter of an hour; when it arrives, the others follow.",
        ["too_many_complaints"] = "One in a thousand emails of a week or more was called spam by its reader, so what was planned for many waits. Greetings go on. Look at the words and at whom they reach.",
        ["too_many_bounces"] = "One in twenty emails of a week or more came back because the mailbox does not exist, so what was planned for many waits. Greetings go on. Look at where the addresses come from.",
        ["too_many_errors"] = "One in twenty texts or more failed within a day, so what was planned for many waits. Greetings go on. GET /api/touch-points/failures says why they failed.",
        ["process_was_frozen"] = "Our process stood still, or lost its hold on the database, right before it would have been sent; it is tried again.",
        ["hand_over_not_heard_of"] = "The database went away while it was handed over, so nothing was sent; it was tried again at once.",
        ["worker_died_before_hand_over"] = "The process that had it ended before anything was sent; another one takes it.",
        ["worker_died_after_hand_over"] = "The process that had it ended while it was being sent: the vendor's list will tell whether it went out.",
        ["back_in_a_lead_column"] = "The order is back among the quote requests, so the plan goes on where it was.",
        ["other_lead_not_greeted"] = "The lead for whose sake this greeting was needless was not greeted, or is somebody else's.",
        ["phone_corrected"] = "Whoever had the number before was somebody else: the person is greeted at the new one.",
        ["phone_arrived"] = "A number came that takes texts.",
        ["sent_again_by_staff"] = "A member of staff decided to send it again.",
        ["replayed_by_staff"] = "A member of staff put it back after it had failed.",
        ["twilio_unreachable"] = "Twilio could not be reached, so nothing was sent; it is tried again.",
        ["twilio_429"] = "Twilio had too many requests of this account at once; it is tried again.",
        ["sendgrid_unreachable"] = "SendGrid could not be reached, so nothing was sent; it is tried again.",
        ["sendgrid_429"] = "SendGrid had too many requests of this account at once; it is tried again.",

        // Why it never went out.
        ["too_late"] = "It could not go out in time, and late would be worse than never.",
        ["opted_out"] = "The person said stop.",
        ["wrong_number"] = "Whoever has the number says that it is not the customer's: nothing goes to it any more. Correct the phone in the CRM, and the plan goes on with the new one; a lead that is not from there is handed in again with the right one.",
        ["unsubscribed"] = "The person unsubscribed from emails.",
        ["crm_unsubscribed"] = "The CRM has a no to emails for this address.",
        ["crm_opt_out"] = "The CRM has a no to messages.",
        ["demo_mode"] = "The installation is in demo mode, in which only test leads are written to.",
        ["order_deleted"] = "The order was deleted in the CRM.",
        ["customer_deleted"] = "The customer was deleted in the CRM.",
        ["lead_booked"] = "The lead has booked.",
        ["lead_won"] = "The lead is won.",
        ["lead_lost"] = "The lead is lost.",
        ["no_phone"] = "There is no phone to text to.",
        ["missing_phone"] = "There is no phone to text to.",
        ["landline_phone"] = "The phone takes no texts: it is a landline, or its carrier says so.",
        ["foreign_phone"] = "The phone is not in the United States.",
        ["invalid_phone"] = "Nobody has this number: it is none, or its carrier says that it is not in service.",
        ["no_email"] = "There is no address that mail could be sent to.",
        ["email_switched_off"] = "The franchise has no account for emails.",
        ["order_too_old"] = "The person asked more than a day before we heard of it.",
        ["lead_too_old"] = "The person asked more than a day before we heard of it.",
        ["same_person_already_greeted"] = "The same person is greeted as another lead of this shop.",
        ["import_does_not_greet"] = "The file was imported without greetings.",
        ["no_consent_wording"] = "The row of the file has no consent wording.",
        ["no_created_date"] = "The row of the file does not say when the person asked.",
        ["attempts_exhausted"] = "It was tried as often as it may be.",

        ["frequency_cap"] = "The person has been texted as often within a day or a week as we allow, or the law of their state.",
        ["address_bounced"] = "An email to this address came back for good.",
        ["address_invalid"] = "The mailbox's provider says that there is no such address.",
        ["step_not_in_cadence"] = "The step is no part of the lead's cadence any more.",
        ["greeting_not_delivered"] = "This step is for those alone whom the first message has reached, and it is not known to have arrived.",

        // What ended the plan.
        ["replied"] = "The person answered, so the plan ended.",
        ["human_takeover"] = "A member of staff has taken the conversation over, so the plan ended.",
        ["staff_took_over"] = "A member of staff has taken the conversation over, so the plan ended.",
        ["cancelled_by_staff"] = "A member of staff cancelled it.",
        ["marked_sent_by_staff"] = "A member of staff has seen that it went out.",
        ["appointment_in_crm"] = "The CRM has an appointment of the person, so the plan ended.",
        ["appointment_booked"] = "The person has booked, so the plan ended.",
        ["expired"] = "It was held for the person and not confirmed in time.",
        ["appointment_moved"] = "The appointment has another time, so another message takes its place.",
        ["appointment_cancelled"] = "The appointment is cancelled.",
        ["appointment_completed"] = "The appointment has taken place.",
        ["appointment_no_show"] = "The appointment is over; the person did not come.",
        ["moved_onto_another_in_crm"] = "The CRM has moved an appointment to a time at which all bays are taken here. Move one of them, here or there.",
        ["moved_to_another_shop_in_crm"] = "The CRM has the appointment at another shop now; here it stands where it was booked. Move it back there, or cancel it here and book it at the other shop.",
        ["appointment_not_in_crm"] = "The CRM has not taken an appointment, or the last change of one; the code says what it answers. Mend that, or enter it there by hand.",
        ["booked_over_in_crm"] = "The shop has entered an appointment in the CRM at a time that is booked here, and there are more cars than bays. Move one of them, here or there.",
        ["appointment_gone_from_crm"] = "The appointment is gone from the CRM.",
        ["other_request_won"] = "Another request of the person is won, so the plan ended.",
        ["not_an_estimate"] = "The order is no estimate any more.",
        ["order_archived"] = "The order was archived.",
        ["order_imported"] = "The order was imported into the CRM.",
        ["order_already_sold"] = "The order is authorized, invoiced or paid.",
        ["excluded_by_rule"] = "The shop's lead rules exclude the order.",
        ["in_a_lost_column"] = "The order is in a column where the shop keeps what is lost.",
        ["not_in_a_lead_column"] = "The order has left the columns of quote requests.",
        ["order_of_another_location"] = "The order belongs to another shop now.",

        // Why nothing comes next.
        ["step_cancelled"] = "A member of staff cancelled the step that was to come, and the ones after it with it.",
        ["last_step_sent"] = "The last step of the plan is over, so nothing more comes by itself.",
        ["last_step_over"] = "The last step of the plan is over and did not go out, so nothing more comes by itself.",
        ["nothing_planned"] = "Nothing was planned for this lead.",
        ["planned_within_seconds"] = "The next step is planned within seconds.",

        // Nobody knows, or a person decides.
        ["twilio_timeout"] = "Twilio did not answer in time: its list of messages will tell whether the text went out.",
        ["twilio_connection_lost"] = "The connection broke while the text was handed over: Twilio's list of messages will tell.",
        ["twilio_answer_unreadable"] = "Twilio's answer could not be read: its list of messages will tell.",
        ["twilio_undelivered"] = "The carrier did not deliver it and did not say why.",
        ["not_found_at_twilio"] = "Nobody knows whether it went out: Twilio's list has not shown it for a quarter of an hour. Look at Twilio's log, then decide.",
        ["nobody_could_look_at_twilio"] = "Nobody knows whether it went out: for a day the franchise had no account whose list could be read. Look at Twilio's log, then decide.",
        ["sendgrid_timeout"] = "SendGrid did not answer in time, so nobody knows whether the email went out.",
        ["sendgrid_connection_lost"] = "The connection broke while the email was handed over, so nobody knows whether it went out.",
        ["sendgrid_answer_unreadable"] = "SendGrid's answer could not be read, so nobody knows whether the email went out.",
        ["sendgrid_cannot_tell"] = "Nobody knows whether the email went out. Look at SendGrid's activity, then decide.",
        ["texting_is_switched_off"] = "The franchise has no account for texts.",
        ["public_url_is_not_https"] = "PUBLIC_URL is no https address, so the links of real messages would not work. Set it, then send again.",
        ["no_postal_address"] = "The shop has no postal address, which the law asks for in an email. Add it in the CRM or here; until then its emails are left out.",
        ["unknown_timezone"] = "The shop's time zone is not known, so nobody can say whether it is night. Set it, then send again.",
        ["no_legal_hour"] = "There is no hour in which texting is allowed in every place where the person may be. Call, or write an email.",
        ["too_many_replies"] = "The person has had thirty texts within a day: perhaps a machine answers ours. Read the conversation, then send it or close it.",
        ["reply_too_late"] = "It answers a text of a quarter of an hour ago or more, so it is no immediate answer any more. Read it, then send it, or write yourself.",
        ["first_text_too_long"] = "It would be the first text to this number, which must say who writes and how to stop it, and there is no room for that. Write a shorter one.",
        ["could_not_be_decided"] = "Something about this lead was not foreseen, so nothing is sent without a person. The log has it under the touch point's id.",

        ["sendgrid_bounced"] = "The email came back: the mailbox does not exist.",
        ["sendgrid_blocked"] = "The mailbox's provider turned the email away for the moment. It can be replayed.",
        ["sendgrid_dropped"] = "SendGrid did not send the email. It can be replayed.",
        ["sendgrid_dropped_bounced"] = "SendGrid did not send the email, because an earlier one to this address came back.",
        ["sendgrid_dropped_invalid"] = "SendGrid did not send the email: the address is none.",
        ["sendgrid_dropped_spam_report"] = "SendGrid did not send the email: the person called an earlier one spam.",
        ["sendgrid_dropped_unsubscribed"] = "SendGrid did not send the email: the person unsubscribed there.",

        // Items for a person that are no touch points.
        ["database_went_back"] = "The database is another one than before, or an older copy of it: it may have forgotten what was sent and who said stop.",
        ["unknown_text"] = "Twilio has sent a text of this franchise of which this database knows nothing: it may have forgotten who said stop, too.",
        ["vendor_knows_more"] = "Twilio has sent texts of ours of which this database knows nothing: it may have forgotten who said stop, too.",
        ["provider_unavailable"] = "No AI vendor could be reached, so the assistant has not answered. Read the conversation and answer.",
        ["provider_refused"] = "The AI vendors refused to answer this. Read the conversation and answer.",
        ["budget_exhausted"] = "The budget for AI is used up, so the assistant does not answer. Read the conversation and answer, or raise the budget.",
        ["too_many_questions"] = "This conversation has had 250 answers of the assistant within a day: perhaps a machine writes. Read it and answer; after a day the assistant does so again.",
        ["answer_interrupted"] = "The assistant's answer in the chat ended in its middle. Read the conversation and say the rest.",
        ["answer_cut_off"] = "The assistant's answer to a text ended in its middle and was not sent. Read the conversation and answer.",
        ["doubtful_opt_out"] = "These words may mean that the person wants no more messages; they count as a stop until somebody has read them.",
        ["email_reply"] = "The customer has answered an email of ours, and nobody answers emails by themselves. Read the conversation and write to them.",
        ["unproven_reply"] = "An email came from the lead's address, but not to the address at which ours is answered, so anybody could have written it. Read it among the dead webhook events, and write to the customer.",
    };

    // What a reason means of something that waits for a person: it does not go out by itself, whatever the others do.
    private static readonly Dictionary<string, string> OfWhatIsParked = new()
    {
        ["sender_is_paced"] = "The number's place comes when this answers nothing any more. Read it, then send it, or write yourself.",
        ["daily_limit_reached"] = "The number has sent what the carriers take from it in a day, and tomorrow this answers nothing any more. Read it, then send it, or write yourself.",
        ["sender_is_blocked"] = "The carriers take no text of our number: its registration or its account must be mended in Twilio's console. This answers a text and does not follow by itself: read it, then send it again, or write yourself.",
        ["no_postal_address"] = "The shop has no postal address, which the law asks for in an email. Add it in the CRM or here, then send this one.",
    };

    /// <summary>The words that are known, in no order.</summary>
    public static IReadOnlyCollection<string> Known => Sentences.Keys;

    /// <summary>A reason as a sentence; null for none, and for one that nobody explained.</summary>
    public static string? Explain(string? reason) => Explain(reason, null);

    /// <inheritdoc cref="Explain(string?)"/>
    /// <param name="status">Of what has the reason: the same word means something else of what waits for a person.</param>
    public static string? Explain(string? reason, string? status) => reason switch
    {
        null or "" => null,
        _ when status == "needs_review" && OfWhatIsParked.TryGetValue(reason, out var parked) => parked,
        _ when status == "needs_review" && TwilioErrors.OfTheSender.Contains(reason) => $"{Explain(reason)} Then send this one again.",
        _ when Sentences.TryGetValue(reason, out var sentence) => sentence,
        _ when TwilioErrors.CodeIn(reason) is { } code => TwilioErrors.Of(code).Sentence,
        ['t', 'w', 'i', 'l', 'i', 'o', '_', '5', _, _] => "Twilio failed on its side while it had the text: its list of messages will tell whether it went out.",
        "twilio_408" or "twilio_425" => "Somebody on the way to Twilio waited too long for it: its list of messages will tell whether the text went out.",
        "sendgrid_408" or "sendgrid_425" => "Somebody on the way to SendGrid waited too long for it, so nobody knows whether the email went out.",
        "twilio_401" => TwilioErrors.OfTheAccount(401),
        "twilio_403" => TwilioErrors.OfTheAccount(403),
        "twilio_404" => TwilioErrors.OfTheAccount(404),
        ['t', 'w', 'i', 'l', 'i', 'o', '_', .. var rest] when int.TryParse(rest, out _) => "Twilio refused it without a reason of its own.",
        "sendgrid_401" or "sendgrid_403" => "SendGrid refuses our key, or the sender is not verified. Mend it, then send again.",
        ['s', 'e', 'n', 'd', 'g', 'r', 'i', 'd', '_', '5', _, _] => "SendGrid failed on its side while it had the email, so nobody knows whether it went out.",
        ['s', 'e', 'n', 'd', 'g', 'r', 'i', 'd', '_', .. var rest] when int.TryParse(rest, out _) => "SendGrid refused the email.",
        _ => null,
    };

    /// <summary>A sentence for any reason, also for one that nobody explained.</summary>
    public static string Say(string reason, string? status = null) => Explain(reason, status) ?? $"{char.ToUpperInvariant(reason[0])}{reason[1..].Replace('_', ' ')}.";
}
