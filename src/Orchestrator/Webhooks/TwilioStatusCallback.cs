using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary><c>POST /webhooks/twilio/status/{attemptId}</c>: a text moves forward, never back. An id that we don't know gets 200, or it would come again and again.</summary>
public sealed partial class TwilioStatusCallback(
    TwilioDoor door, LeadDatabase database, AttemptStore attempts, TouchPointStore touchPoints, LeadStore leads, VendorVerdicts verdicts, SenderHealth health, WebhookRefusals refusals, ILogger<TwilioStatusCallback> logger)
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/webhooks/twilio/status/{attemptId}",
        (HttpContext context, TwilioStatusCallback callback, string attemptId) => callback.ReceiveAsync(context, attemptId)).AllowAnonymous().WithTags("Webhooks").DisableAntiforgery();

    private async Task<IResult> ReceiveAsync(HttpContext context, string attemptId)
    {
        try
        {
            return await ToldOnce.HearAsync(cancel => HearAsync(context, attemptId, cancel), context.RequestAborted);
        }
        catch (Exception exception) when (WebhookRefusals.IsNotStored(exception, context))
        {
            return refusals.NotStored(exception, context);
        }
    }

    private async Task<IResult> HearAsync(HttpContext context, string attemptId, CancellationToken cancel)
    {
        var tenant = Guid.TryParse(attemptId, out var id) ? await attempts.FindTenantAsync(id, cancel) : null;
        var form = await door.ReadStatusAsync(context, tenant, cancel);
        if (form.Refusal is { } refusal)
        {
            return refusal;
        }

        Failpoint.Reach(Failpoint.CallbackReceived);
        var sid = form.MessageSid;
        var word = form.MessageStatus;
        if (tenant is { } tenantId && sid.Length is > 0 and <= 64 && word.Length is > 0 and <= 32)
        {
            await AdvanceAsync(tenantId, id, sid, TwilioStatus.Read(word), form["ErrorCode"], cancel);
        }

        return TypedResults.Ok();
    }

    private async Task AdvanceAsync(Guid tenantId, Guid attemptId, string sid, TwilioStatus status, string errorCode, CancellationToken cancel)
    {
        var error = int.TryParse(errorCode, out var code) ? $"twilio_{code}" : null;
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        if (await attempts.AdvanceAsync(transaction, attemptId, sid, status, error, cancel) is not { } moved)
        {
            return;
        }

        await touchPoints.SettleAsync(
            transaction, moved.TouchPointId, attemptId, status.Touch, status.Touch == "failed" ? error ?? "twilio_undelivered" : null, sid, cancel);
        if (status.Touch != "failed")
        {
            await leads.MarkContactedAsync(transaction, moved.LeadId, cancel);
        }
        else if (TwilioErrors.Of(code) is var known && VendorVerdicts.Concerns(known))
        {
            await verdicts.HeedAsync(transaction, moved.LeadId, moved.Address, known, $"attempt {attemptId}", cancel);
        }

        await transaction.CommitAsync(cancel);
        Failpoint.Reach(Failpoint.CallbackCommitted);
        Measures.TextArrived(status.Touch, error ?? "");
        verdicts.Told(tenantId, moved);
        if (status.Touch == "delivered")
        {
            verdicts.Arrived(tenantId);
        }

        if (health.MustLook(tenantId, status.Touch, TwilioErrors.Of(code)))
        {
            await health.LookAsync(tenantId, cancel);
        }

        Moved(logger, moved.TouchPointId, tenantId, status.Word);
    }

    [LoggerMessage(2031, LogLevel.Debug, "Twilio says that touch point {TouchPointId} of tenant {TenantId} is {Status}")]
    private static partial void Moved(ILogger logger, Guid touchPointId, Guid tenantId, string status);
}
