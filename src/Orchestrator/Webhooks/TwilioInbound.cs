using System.Globalization;
using System.Security;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Shared.Phones;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>
/// <c>POST /webhooks/twilio/inbound</c>: somebody texted. Opt-out words come first, under the contact's lock, committed before the answer;
/// everything else joins the lead's conversation.
/// </summary>
public sealed partial class TwilioInbound(
    TwilioDoor door, LeadDatabase database, InboxStore inbox, ContactStore contacts, LeadStore leads, CustomerReplies replies, AttemptStore attempts, ShopLookup shops, Gate gate,
    AppointmentStore appointments, UnreadLists unread, ClockWatch clock, WebhookRefusals refusals, ILogger<TwilioInbound> logger)
{
    private const int MostPictures = 10;
    private const int LongestEvidence = 500;

    // Twilio gives up after 15 s; a database that is silent is told of before that.
    private static readonly TimeSpan StoringDeadline = TimeSpan.FromSeconds(8);

    /// <summary>What <see cref="WordsWarmUp"/> reads: a text of each kind, by all patterns of this door.</summary>
    public static IReadOnlyList<Action> FirstReadings { get; } =
    [
        .. new[] { "How long does it take?", "Please stop texting me", "You have the wrong number", "Ya no me manden mensajes" }.SelectMany<string, Action>(
            text => [() => ReplyWords.Read(text), () => OptOutWords.IsWrongNumber(text), () => OptOutWords.MayEndABooking(text), () => PersonWords.AskForOne(text), () => ReplyWords.MayMeanStart(text), () => ReplyWords.IsSpanish(text), () => Reactions.Quoted(text)]),
    ];

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/webhooks/twilio/inbound",
        (HttpContext context, TwilioInbound inbound) => inbound.ReceiveAsync(context)).AllowAnonymous().WithTags("Webhooks").DisableAntiforgery();

    private async Task<IResult> ReceiveAsync(HttpContext context)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(StoringDeadline);
        try
        {
            var form = await door.ReadInboundAsync(context, deadline.Token);
            if (form.Refusal is { } refusal)
            {
                return refusal;
            }

            return TypedResults.Text(Twiml(await HandleAsync(form, deadline.Token)), "text/xml", Encoding.UTF8);
        }
        catch (Exception exception) when (WebhookRefusals.IsNotStored(exception, context))
        {
            unread.Missed();
            return refusals.NotStored(exception, context);
        }
    }

    /// <summary>A text that Twilio has and this database does not: it is heeded as if it had been told in time. What would have been answered at once is not: there is nobody to answer to.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public async Task HeedMissedAsync(TwilioMessage text, TwilioAccount account, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(account);
        var form = await door.OfMissedAsync(new Dictionary<string, string>
        {
            ["MessageSid"] = text.Sid, ["AccountSid"] = account.AccountSid, ["From"] = text.From ?? "", ["To"] = text.To ?? "",
            // A picture's address is in no list of texts.
            ["Body"] = text.Body is { Length: > 0 } body ? body : "(picture)",
        }, account, text.CreatedAt, cancel);
        await HandleAsync(form, cancel);
    }

    private async Task<string?> HandleAsync(SignedForm form, CancellationToken cancel)
    {
        string? reply = null;
        var reactedTo = await ReactedToAsync(form, cancel);
        var kind = reactedTo.Count > 0 ? ReplyKind.Reaction : KindOf(form, form["Body"]);
        foreach (var tenantId in reactedTo.Count > 0 ? reactedTo : await ConcernedAsync(form, kind, cancel))
        {
            var mayAnswer = reply is null && form.MissedAt is null;
            reply = await Deadlock.RetryAsync(() => HandleAsync(tenantId, form, kind, mayAnswer, cancel)) ?? reply;
        }

        if (form.MissedAt is null && kind.IsOptOut() && PhoneNumberReader.Read(form["From"]).E164 is { } phone)
        {
            await attempts.ArrivedAsync(form.Tenants, phone, cancel);
        }

        return reply;
    }

    // Tenants that share a number share its opt-outs and their end, as the carrier sees it. Everything else is for those who know the person; of a stranger, for the first.
    private async Task<IReadOnlyList<Guid>> ConcernedAsync(SignedForm form, ReplyKind kind, CancellationToken cancel)
    {
        if (form.Tenants.Count == 1 || kind.IsOptOut() || kind == ReplyKind.Start || PhoneNumberReader.Read(form["From"]).E164 is not { } phone)
        {
            return kind.IsOptOut() || kind == ReplyKind.Start ? form.Tenants : [form.Tenants[0]];
        }

        List<Guid> knowing = [];
        foreach (var tenantId in form.Tenants)
        {
            if (await leads.IsKnownAsync(tenantId, phone, evenOptedOut: MayStart(form), cancel))
            {
                knowing.Add(tenantId);
            }
        }

        return knowing.Count > 0 ? knowing : [form.Tenants[0]];
    }

    // Those whose text somebody has put a thumb on, and nobody where the text is no reaction. What is quoted of somebody else's text is read as the sender's own words.
    private async Task<IReadOnlyList<Guid>> ReactedToAsync(SignedForm form, CancellationToken cancel)
    {
        if (form["OptOutType"].Length > 0 || Reactions.Quoted(form["Body"]) is not { } quoted || PhoneNumberReader.Read(form["From"]).E164 is not { } phone)
        {
            return [];
        }

        List<Guid> senders = [];
        foreach (var tenantId in form.Tenants)
        {
            if ((await attempts.TextsToAsync(tenantId, phone, cancel)).Any(sent => Reactions.IsTo(sent, quoted)))
            {
                senders.Add(tenantId);
            }
        }

        return senders;
    }

    // One transaction: all that the text means, and the event's row. A repeat finds the row and is undone as a whole.
    private async Task<string?> HandleAsync(Guid tenantId, SignedForm form, ReplyKind kind, bool mayAnswer, CancellationToken cancel)
    {
        var text = form["Body"];
        var sid = form.MessageSid;
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        // Before the contact itself: a send locks all numbers of a person in one order, too.
        var numbers = (kind.IsOptOut() || kind == ReplyKind.Start || MayStart(form)) && PhoneNumberReader.Read(form["From"]).E164 is { } from
            ? await ContactStore.NumbersOfAsync(transaction, from, cancel) : [];
        var contact = PhoneNumberReader.Read(form["From"]).E164 is { } phone ? await contacts.EnsureAsync(transaction, phone, cancel) : null;
        var lead = contact is null ? null : await leads.NewestOfContactAsync(transaction, contact.Id, cancel);
        if (kind == ReplyKind.Message && (contact?.OptedOutAt ?? contact?.CrmOptOutAt) is not null && MayStart(form))
        {
            kind = ReplyKind.Start;
        }

        // "Please cancel" of who has an appointment is about that, as in the chat. A bare "cancel" or "end" is a no by law, and Twilio's own words end the number there, whatever they are about: then a person looks at it.
        var isOfABooking = kind.IsOptOut() && lead is not null && OptOutWords.MayEndABooking(text) && await appointments.HasOneAsync(transaction, lead.Id, cancel);
        if (isOfABooking && kind != ReplyKind.StopKeyword)
        {
            kind = OptOutWords.IsBareOrder(text) ? ReplyKind.StopDoubtful : ReplyKind.Message;
        }

        // A stranger's words belong to no conversation; among the dead events somebody sees them.
        var fault = contact is null ? "no_sender" : lead is null && kind == ReplyKind.Message ? "unknown_sender" : null;
        var isNew = await inbox.AddHandledAsync(transaction, new NewInboxEvent(
            tenantId, "twilio", sid.Length > 0 ? sid : Guid.CreateVersion7().ToString(), form.DeliveryId, "inbound_message", "INSERT", sid,
            Payload(form), fault), cancel);
        if (!isNew)
        {
            return null;
        }

        // The session's lock comes before the touch points', as in the chat: two never wait for each other in a ring.
        if (lead is not null)
        {
            // An order (STOP, HELP, START) is obeyed, and never answered by the assistant; nor is a reaction.
            var isQuestion = kind == ReplyKind.Message && contact!.WrongNumberAt is null;
            var kept = await replies.KeepAsync(transaction, lead.Id, MessageChannels.Sms, text, MediaOf(form), isQuestion, form.MissedAt ?? clock.Corrected, cancel);
            if (kind.IsOptOut())
            {
                await replies.HeedWishForPersonAsync(transaction, lead.Id, text, kept.Message, cancel);
            }
        }

        // A start that was missed does not undo a stop that came after it, nor the other way round.
        var isOverruled = contact is not null && form.MissedAt is { } at && await ContactStore.HasSaidSinceAsync(transaction, contact.Id, kind.IsOptOut(), at, cancel);
        var reply = contact is null || isOverruled ? null : await ObeyAsync(transaction, kind, isOfABooking, contact, numbers, lead, form, cancel);
        reply = mayAnswer && !gate.IsOutOfTheDemo(lead is { IsTest: true }) ? reply : null;
        if (reply is not null && lead is not null)
        {
            await replies.NoteAnswerAsync(transaction, lead.Id, MessageChannels.Sms, reply, cancel);
        }

        await transaction.CommitAsync(cancel);
        if (kind.IsOptOut())
        {
            Failpoint.Reach(Failpoint.OptOutCommitted);
            Measures.OptedOut("sms");
        }

        Received(logger, kind, tenantId, lead?.Id, sid);
        return reply;
    }

    // With Advanced Opt-Out Twilio has read the word already, in the account's own keyword lists. Its list of opt-ins has "yes": that answers many a question of ours, so only who
    // has said no starts again by it, or by START in words of their own.
    private static ReplyKind KindOf(SignedForm form, string text) => form["OptOutType"] switch
    {
        "STOP" => ReplyKind.StopKeyword,
        "HELP" => ReplyKind.Help,
        _ => ReplyWords.Read(text),
    };

    private static bool MayStart(SignedForm form) => form["OptOutType"] == "START" || ReplyWords.MayMeanStart(form["Body"]);

    // What is to be answered at once, by the carrier's own way; null = nothing.
    private async Task<string?> ObeyAsync(
        TenantTransaction transaction, ReplyKind kind, bool isOfABooking, Contact contact, IReadOnlyList<Guid> numbers, TextingLead? lead, SignedForm form, CancellationToken cancel)
    {
        var text = form["Body"];
        var evidence = new ConsentEvidence("sms", $"message {form.MessageSid}", PlainText.Cut(text, LongestEvidence));
        switch (kind)
        {
            case ReplyKind.StopKeyword: // Twilio confirms these itself; a second confirmation would be one text too many.
                await EndAsync(transaction, contact.Id, numbers, isOfABooking ? evidence.AsDoubtful() : evidence, cancel);
                return null;
            case ReplyKind.StopPhrase or ReplyKind.StopDoubtful:
                var said = kind == ReplyKind.StopDoubtful ? evidence.AsDoubtful() : evidence;
                if (OptOutWords.IsWrongNumber(text))
                {
                    // What is doubtful, staff can undo; links that are revoked they cannot.
                    if (kind == ReplyKind.StopPhrase)
                    {
                        await contacts.RevokeLinksOfNumberAsync(transaction, contact.Id, cancel);
                    }

                    await contacts.WrongNumberAsync(transaction, contact.Id, said, cancel);
                }
                else
                {
                    await EndAsync(transaction, contact.Id, numbers, said, cancel);
                }

                return contact.OptedOutAt is null ? TextTemplates.OptedOut((await shops.OfLeadAsync(transaction, lead?.Id, cancel)).Name, ReplyWords.IsSpanish(text)) : null;
            case ReplyKind.Start:
                await contacts.TakeBackOthersAsync(transaction, contact.Id, numbers, evidence, cancel);
                await contacts.OptInAsync(transaction, contact.Id, evidence, cancel);
                return null;
            case ReplyKind.Help when form["OptOutType"].Length == 0:
                var shop = await shops.OfLeadAsync(transaction, lead?.Id, cancel);
                return TextTemplates.Help(shop.Name, shop.Phone, ReplyWords.IsSpanish(text));
            case ReplyKind.Help or ReplyKind.Reaction:
                return null;
            default:
                // A stranger's talk is no answer of the customer's.
                if (lead is not null && contact.WrongNumberAt is null)
                {
                    await replies.EngageAsync(transaction, lead.Id, cancel);
                }

                return null;
        }
    }

    // The carriers end the number; the law ends the person, as it does for a no by any other way. One entry of the ledger makes the item for staff.
    private async Task EndAsync(TenantTransaction transaction, Guid contactId, IReadOnlyList<Guid> numbers, ConsentEvidence evidence, CancellationToken cancel)
    {
        await contacts.OptOutAsync(transaction, contactId, evidence, cancel);
        foreach (var other in numbers.Where(number => number != contactId))
        {
            await contacts.OptOutOnceAsync(transaction, other, evidence.Besides() with { Source = evidence.Source + ConsentEvidence.ByAnotherNumber }, cancel);
        }
    }

    private static string[] MediaOf(SignedForm form) =>
        int.TryParse(form["NumMedia"], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? [.. Enumerable.Range(0, Math.Min(count, MostPictures)).Select(index => form[$"MediaUrl{index}"]).Where(url => url.Length > 0)]
            : [];

    private static string Payload(SignedForm form) => JsonSerializer.Serialize(form.Fields);

    private static string Twiml(string? reply) => reply is null
        ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response></Response>"
        : $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message>{SecurityElement.Escape(reply)}</Message></Response>";

    [LoggerMessage(2021, LogLevel.Information, "Received an inbound text ({Kind}) for tenant {TenantId}, lead {LeadId}: {MessageSid}")]
    private static partial void Received(ILogger logger, ReplyKind kind, Guid tenantId, Guid? leadId, string messageSid);
}
