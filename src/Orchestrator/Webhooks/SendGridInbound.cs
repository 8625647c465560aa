using System.Text.Json;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Reviews;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary><c>POST /webhooks/sendgrid/inbound</c>: somebody answers an email. Their words join the lead's conversation, or opt out.</summary>
/// <remarks>
/// Nobody signs these forms. Whoever writes to the address at which one of our emails is answered has that email; so has who names its id and writes from where it went. Of
/// everybody else only a "no" is heeded, and other words from an address that is known are kept where staff see them. What a stranger sends leaves no trace.
/// </remarks>
public sealed partial class SendGridInbound(
    LeadDatabase database, InboxStore inbox, EmailAddressStore addresses, EmailOptOut optOut, ContactStore contacts, TouchPointStore touchPoints, CustomerReplies replies,
    AppointmentStore appointments, ReviewItemStore reviews, TenantStore tenants, DefaultTenant defaultTenant, VendorAccounts accounts, WebhookRefusals refusals, ILogger<SendGridInbound> logger)
{
    private const int LongestEvidence = 500;
    private const int LongestKept = 20_000;
    private static readonly TimeSpan StoringDeadline = TimeSpan.FromSeconds(20);

    /// <summary>Maps both of its routes: the tenant may be named, for what is written to no address of an email.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/webhooks/sendgrid/inbound", (HttpContext context, SendGridInbound door) => door.ReceiveAsync(context, null)).AllowAnonymous().WithTags("Webhooks").DisableAntiforgery();
        routes.MapPost("/webhooks/sendgrid/inbound/{tenant}", (HttpContext context, SendGridInbound door, string tenant) => door.ReceiveAsync(context, tenant))
            .AllowAnonymous().WithTags("Webhooks").DisableAntiforgery();
    }

    private async Task<IResult> ReceiveAsync(HttpContext context, string? pathTenant)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(StoringDeadline);
        try
        {
            if (await InboundForm.ReadAsync(context, deadline.Token) is not { Count: > 0 } fields)
            {
                refusals.Refused("sendgrid_not_a_form");
                return WebhookRefusal.Answer(StatusCodes.Status400BadRequest, "The body is not a form that can be read.");
            }

            await HandleAsync(InboundMail.Read(fields), pathTenant, deadline.Token);
            return TypedResults.Ok();
        }
        catch (Exception exception) when (WebhookRefusals.IsNotStored(exception, context))
        {
            return refusals.NotStored(exception, context);
        }
    }

    private async Task HandleAsync(InboundMail mail, string? pathTenant, CancellationToken cancel)
    {
        if (await addresses.FindAnsweredAsync(ReplyAddress.HashesIn(mail.Recipients), mail.Answered, mail.From, cancel) is { } found)
        {
            await AnswerAsync(found.TenantId, found.AttemptId, mail, cancel);
        }
        else if (mail.From is { } from)
        {
            await HearStrangerAsync(await HearersAsync(mail, pathTenant, cancel), mail, from, cancel);
        }
    }

    // What is written to the address that a franchise writes from is that franchise's; anything else the default one's. An address that several write from proves nothing: only a no
    // is heard in each of them. Accounts are known by heart.
    private async Task<IReadOnlyList<Hearer>> HearersAsync(InboundMail mail, string? pathTenant, CancellationToken cancel)
    {
        if (pathTenant is not null)
        {
            return await tenants.FindAsync(pathTenant, cancel) is { } named ? [new Hearer(named, HearsWords: true)] : [];
        }

        var (wentTo, found) = (mail.WentTo, new List<(Guid TenantId, string Email)>());
        foreach (var tenantId in wentTo.Count == 0 ? [] : await tenants.AllAsync(cancel))
        {
            if (await accounts.SendGridAsync(tenantId, cancel) is { } account && wentTo.Contains(account.FromEmail))
            {
                found.Add((tenantId, account.FromEmail.ToLowerInvariant()));
            }
        }

        return found.Count == 0 ? [new Hearer(defaultTenant.Id, HearsWords: true)]
            : [.. found.Select(own => new Hearer(own.TenantId, HearsWords: found.Count(other => other.Email == own.Email) == 1))];
    }

    // One transaction: all that the email means, and its row. A repeat finds the row and is undone as a whole.
    private async Task AnswerAsync(Guid tenantId, Guid attemptId, InboundMail mail, CancellationToken cancel)
    {
        // The words are read before: nobody waits for a connection meanwhile.
        var answered = (await addresses.AnsweredAsync(tenantId, attemptId, cancel))!;
        var words = ReplyText.Of(mail.Text, answered.Sent);
        var kind = KindOf(mail, words, hasBooking: await appointments.HasOneAsync(tenantId, answered.LeadId, cancel));
        // A shop that has its box handed on and answers to all is not its customer.
        var isOwn = mail is { From: { } from, IsHandedOn: false } && await accounts.SendGridAsync(tenantId, cancel) is { } account && string.Equals(account.FromEmail, from, StringComparison.OrdinalIgnoreCase);
        var isOptOut = !isOwn && kind.IsOptOut();
        var isNobodys = isOwn || (mail.IsAutomatic && !isOptOut);
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        var isNew = await KeepEventAsync(transaction, mail, isNobodys ? "ignored" : "done", isOwn ? "own_mail" : isNobodys ? "automatic_reply" : null, cancel) is not null;
        // A no that may have been said again, after a yes, is no repeat.
        if (!isNew && !(isOptOut && mail.IsUnnamed))
        {
            return;
        }

        if (isOptOut)
        {
            await OptOutAsync(transaction, answered, mail, words, kind, cancel);
        }
        else if (!isNobodys && !(kind == ReplyKind.Start && await OptInAsync(transaction, answered, mail, words, cancel)))
        {
            // "Start" of who has said no no is a word like any other.
            kind = ReplyKind.Message;
            await replies.EngageAsync(transaction, answered.LeadId, cancel);
        }

        if (!isNobodys && isNew)
        {
            var kept = await replies.KeepAsync(transaction, answered.LeadId, MessageChannels.Email, Shown(words, mail), [], isQuestion: false, sentAt: null, cancel);
            if (isOptOut)
            {
                await replies.HeedWishForPersonAsync(transaction, answered.LeadId, words, kept.Message, cancel);
            }

            if (kind == ReplyKind.Message && kept.Mode == SessionModes.Ai)
            {
                // The assistant answers no emails. Who has the conversation is told of it anyway; while nobody has, it is for whoever looks at the items.
                await reviews.AddOfLeadAsync(transaction, ReviewKinds.EmailReply, answered.LeadId, JsonSerializer.Serialize(new { messageId = kept.Message.Id }), cancel);
            }
        }

        await transaction.CommitAsync(cancel);
        Measures.WebhookAccepted("sendgrid", isNew: true);
        if (isOptOut)
        {
            Failpoint.Reach(Failpoint.OptOutCommitted);
            Measures.OptedOut("email");
        }

        Received(logger, isOwn ? "our own" : isNobodys ? "automatic" : isOptOut ? "opt-out" : "message", tenantId, answered.LeadId);
    }

    // A machine's words are nobody's, but for a bare STOP: a person's email that only looks like a machine's shall not lose it.
    private static ReplyKind KindOf(InboundMail mail, string words, bool hasBooking)
    {
        var heard = ReplyText.KindOf(words, mail.Subject, hasBooking);
        return mail.IsAutomatic && heard != ReplyKind.StopKeyword ? ReplyKind.Message : heard;
    }

    // Who says no by email says it to the shop: no text either, to no number of theirs. So does whoever writes from another address than the one we wrote to.
    private async Task OptOutAsync(TenantTransaction transaction, AnsweredEmail answered, InboundMail mail, string words, ReplyKind kind, CancellationToken cancel)
    {
        // One entry of the ledger makes the item for a person, however many ways to write to them end.
        var evidence = Evidence(mail, words, ReplyTo(answered));
        evidence = kind == ReplyKind.StopDoubtful ? evidence.AsDoubtful() : evidence;
        foreach (var contactId in await addresses.NumbersAsync(transaction, answered, cancel))
        {
            evidence = await contacts.OptOutOnceAsync(transaction, contactId, evidence, cancel) ? evidence.Besides() : evidence;
        }

        // In one order: two that end the same addresses never wait for each other in a ring.
        foreach (var email in new[] { answered.Email, mail.From }.OfType<string>().Distinct().Order(StringComparer.Ordinal))
        {
            evidence = await optOut.EndAsync(transaction, email, answered.LeadId, evidence, cancel) ? evidence.Besides() : evidence;
        }

        await touchPoints.CancelAsync(transaction, answered.LeadId, "opted_out", cancel);
    }

    // Only from where we wrote to: whoever it was forwarded to may say no for them, and not yes. A stop by text is undone by text alone.
    // Returns whether there was anything to undo.
    private async Task<bool> OptInAsync(TenantTransaction transaction, AnsweredEmail answered, InboundMail mail, string words, CancellationToken cancel)
    {
        if (mail.From != answered.Email)
        {
            return false;
        }

        var isUndone = false;
        var evidence = Evidence(mail, words, ReplyTo(answered));
        foreach (var contactId in await addresses.NumbersAsync(transaction, answered, cancel))
        {
            if (await ContactStore.OptedOutByAsync(transaction, contactId, cancel) == "email")
            {
                await contacts.OptInAsync(transaction, contactId, evidence, cancel);
                isUndone = true;
            }
        }

        return await optOut.UndoAsync(transaction, answered.Email, answered.LeadId, evidence, cancel) || isUndone;
    }

    // To read the words is work, and anybody may send them: only those of an address that is known are read.
    private async Task HearStrangerAsync(IReadOnlyList<Hearer> hearers, InboundMail mail, string from, CancellationToken cancel)
    {
        string? words = null;
        foreach (var (tenantId, hearsWords) in hearers)
        {
            if (await addresses.IsKnownAsync(tenantId, from, cancel))
            {
                words ??= ReplyText.Of(mail.Text, "");
                // Where nobody would hear it as anything else, "please cancel" is a no.
                var hasBooking = hearsWords && await addresses.NewestLeadAsync(tenantId, from, cancel) is { } lead && await appointments.HasOneAsync(tenantId, lead, cancel);
                var kind = KindOf(mail, words, hasBooking);
                if (kind.IsOptOut() || (hearsWords && !mail.IsAutomatic))
                {
                    await HeedStrangerAsync(tenantId, mail, from, words, kind, cancel);
                    continue;
                }
            }

            PassedOver(logger, tenantId);
        }
    }

    private async Task HeedStrangerAsync(Guid tenantId, InboundMail mail, string from, string words, ReplyKind kind, CancellationToken cancel)
    {
        var isOptOut = kind.IsOptOut();
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        var eventId = await KeepEventAsync(transaction, mail, isOptOut ? "done" : "dead", isOptOut ? null : ReviewKinds.UnprovenReply, cancel);
        if (eventId is null && !(isOptOut && mail.IsUnnamed))
        {
            return;
        }

        var leadId = await addresses.NewestLeadAsync(transaction, from, cancel);
        if (isOptOut)
        {
            await EndUnprovenAsync(transaction, from, leadId, Evidence(mail, words, $"email {mail.Key}"), isDoubtful: kind == ReplyKind.StopDoubtful, cancel);
        }
        else if (leadId is { } lead)
        {
            await reviews.AddOfLeadAsync(transaction, ReviewKinds.UnprovenReply, lead, JsonSerializer.Serialize(new { webhookEventId = eventId }), cancel);
        }

        await transaction.CommitAsync(cancel);
        if (isOptOut)
        {
            Measures.OptedOut("email");
        }

        Received(logger, isOptOut ? "opt-out" : "unproven", tenantId, null);
    }

    // Texts end as well. Anybody could have written it, so a person reads what ends texts; numbers come before addresses, as wherever both are locked.
    private async Task EndUnprovenAsync(TenantTransaction transaction, string from, Guid? leadId, ConsentEvidence evidence, bool isDoubtful, CancellationToken cancel)
    {
        // Whoever takes the doubt about the texts back does not take back a clear no to emails: that has a source of its own.
        var ofTexts = (isDoubtful ? evidence : evidence with { Source = $"unproven {evidence.Source}" }).AsDoubtful();
        foreach (var contactId in await addresses.ContactsAsync(transaction, from, cancel))
        {
            ofTexts = await contacts.OptOutOnceAsync(transaction, contactId, ofTexts, cancel) ? ofTexts.Besides() : ofTexts;
        }

        await optOut.EndAsync(transaction, from, leadId, isDoubtful ? ofTexts : evidence, cancel);
    }

    /// <returns>Its id; null when it was kept before.</returns>
    private async Task<Guid?> KeepEventAsync(TenantTransaction transaction, InboundMail mail, string status, string? reason, CancellationToken cancel)
    {
        // Without its recipients: the address that answers our email is a key.
        var payload = JsonSerializer.Serialize(new
        {
            from = mail.From, subject = Cut(mail.Subject, LongestEvidence), text = Cut(mail.Text, LongestKept), attachments = mail.Attachments,
        });
        var kept = new NewInboxEvent(transaction.TenantId, "sendgrid", mail.Key, null, "inbound_mail", "INSERT", null, payload, null);
        return (await inbox.AddHandledAsync(transaction, [new HandledEvent(kept, status, reason)], cancel)).Count == 1 ? kept.Id : null;
    }

    private static string ReplyTo(AnsweredEmail answered) => $"reply to attempt {answered.AttemptId}";

    private static ConsentEvidence Evidence(InboundMail mail, string words, string source) =>
        new("email", source, Cut(words.Length > 0 ? words : mail.Subject, LongestEvidence));

    // A thread holds words: of an email without any its subject, of pictures their number.
    private static string Shown(string words, InboundMail mail)
    {
        var text = words.Length > 0 ? words : mail.Subject.Trim();
        var pictures = mail.Attachments switch { 0 => "", 1 => "(1 attachment)", var count => $"({count} attachments)" };
        return string.Join("\n\n", new[] { text, pictures }.Where(part => part.Length > 0)) is { Length: > 0 } shown ? shown : "(An email without words)";
    }

    private static string Cut(string text, int length) => PlainText.Clean(PlainText.Cut(text, length));

    /// <summary>Who hears what answers none of our emails.</summary>
    /// <param name="HearsWords">Other words than a no as well.</param>
    private sealed record Hearer(Guid TenantId, bool HearsWords);

    [LoggerMessage(2041, LogLevel.Information, "Received an email ({Kind}) for tenant {TenantId}, lead {LeadId}")]
    private static partial void Received(ILogger logger, string kind, Guid tenantId, Guid? leadId);

    [LoggerMessage(2042, LogLevel.Debug, "An email for tenant {TenantId} is a stranger's or a machine's and answers none of ours; it is not kept")]
    private static partial void PassedOver(ILogger logger, Guid tenantId);
}
