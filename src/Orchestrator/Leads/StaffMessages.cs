using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>What became of a message that a member of staff wrote.</summary>
public abstract record StaffMessageResult
{
    /// <summary>It is planned and part of the conversation; the body is the answer, now and for each repeat under the same key.</summary>
    public sealed record Made(string Body) : StaffMessageResult;

    /// <summary>It may not go out, for this reason.</summary>
    public sealed record Refused(string Reason) : StaffMessageResult;

    /// <summary>The key was used for another message.</summary>
    public sealed record KeyIsTaken : StaffMessageResult;

    /// <summary>There is no such lead.</summary>
    public sealed record NotFound : StaffMessageResult;
}

/// <summary>
/// A text or email by a member of staff: a touch point like any other, so that opt-outs, holds, demo mode, hours and the one attempt at a time hold for it, too. It is part of the
/// conversation, and ends what was planned for the lead.
/// </summary>
public sealed class StaffMessages(
    LeadDatabase database, LeadStore leads, TouchPointStore touchPoints, SessionStore sessions, MessageStore messages, HandoverStore handovers, IdempotencyStore answers, AuditStore audit,
    TouchPointSignal texts, EmailSignal emails)
{
    /// <summary>Writes it, once however often it is sent under one key.</summary>
    public Task<StaffMessageResult> WriteAsync(Guid tenantId, Guid actorId, Guid leadId, StaffMessageRequest request, string? key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Deadlock.RetryAsync(() => WriteOnceAsync(tenantId, actorId, leadId, request, key, cancel));
    }

    private async Task<StaffMessageResult> WriteOnceAsync(Guid tenantId, Guid actorId, Guid leadId, StaffMessageRequest request, string? key, CancellationToken cancel)
    {
        var (scope, hash) = ($"staff-messages:{actorId}:{leadId}", SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, LeadJson.Options)));
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        if (key is not null && await answers.FindAsync(transaction, scope, key, cancel) is { } given)
        {
            return CryptographicOperations.FixedTimeEquals(given.RequestHash, hash) ? new StaffMessageResult.Made(given.Answer) : new StaffMessageResult.KeyIsTaken();
        }

        if (await leads.LockForStaffAsync(transaction, leadId, cancel) is not { } lead)
        {
            return new StaffMessageResult.NotFound();
        }

        if (WhyNot(lead, request.Channel) is { } reason)
        {
            return new StaffMessageResult.Refused(reason);
        }

        var body = await AddAsync(transaction, actorId, leadId, request, cancel);
        if (key is not null)
        {
            await answers.AddAsync(transaction, scope, key, hash, leadId, body, cancel);
        }

        await transaction.CommitAsync(cancel);
        texts.Wake();
        emails.Wake();
        return new StaffMessageResult.Made(body);
    }

    private async Task<string> AddAsync(TenantTransaction transaction, Guid actorId, Guid leadId, StaffMessageRequest request, CancellationToken cancel)
    {
        var content = PlainText.Clean(request.Content).Trim();
        var sessionId = await sessions.EnsureAsync(transaction, leadId, cancel);
        var message = (await messages.AppendAsync(transaction, new NewThreadMessage(sessionId, MessageRoles.Staff, request.Channel, content), cancel)).Message;
        await leads.EndSequencesAsync(transaction, leadId, "staff_took_over", cancel);
        await touchPoints.TakeOverAsync(transaction, leadId, cancel);
        await handovers.OwnAsync(transaction, leadId, actorId, cancel);
        var touchId = await touchPoints.AddStaffAsync(transaction, leadId, request.Channel, request.Subject?.Trim(), content, message.Id, Activity.Current?.Id, cancel);
        await audit.AddAsync(transaction, actorId, "staff_message", $"lead {leadId}, touch point {touchId}", cancel);
        return JsonSerializer.Serialize(
            new StaffMessageAnswer(message.Id, message.Seq, message.Role, message.Channel, message.Content, message.Status, message.CreatedAt, touchId), LeadJson.Options);
    }

    // Known already, so said at once; the gate asks again at the instant of sending.
    private static string? WhyNot(LeadToWriteTo lead, string channel) => channel == MessageChannels.Sms
        ? lead switch
        {
            { SaidNo: { } no } => no,
            { WrongNumberAt: not null } => Silence.WrongNumber,
            { Phone: null } => "no_phone",
            _ when !PhoneTypes.TakesTexts(lead.PhoneType) => $"{lead.PhoneType}_phone",
            _ => null,
        }
        : lead switch
        {
            { SaidNo: { } no } => no,
            { UnsubscribedAt: not null } => "unsubscribed",
            _ when EmailAddress.Read(lead.Email) is null => "no_email",
            _ => lead.NoMail,
        };
}

/// <summary>A message of the conversation that is on its way, and the touch point by which its way can be followed.</summary>
public sealed record StaffMessageAnswer(Guid Id, long Seq, string Role, string Channel, string Content, string Status, DateTimeOffset CreatedAt, Guid TouchPointId);
