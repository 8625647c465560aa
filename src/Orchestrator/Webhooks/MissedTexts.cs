using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Texts of customers that Twilio has and this database does not: they came while it was away, or this service was. Twilio tells of each once and no more.</summary>
public sealed partial class MissedTexts(TwilioClient twilio, InboxStore inbox, TwilioInbound inbound, TimeProvider clock, ILogger<MissedTexts> logger)
{
    // Twilio waits 15 s for the answer to its webhook: a younger text may be under way.
    private static readonly TimeSpan Youngest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(1);

    /// <summary>Looks through an account's list and heeds what is not known, oldest first. Several may look at once: the event's row lets each text in once.</summary>
    /// <exception cref="HttpRequestException">The list could not be read.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public async Task TakeAsync(Guid tenantId, TwilioAccount account, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        List<TwilioMessage> missed = [];
        await foreach (var page in twilio.InboundAsync(tenantId, account, cancel))
        {
            var texts = page.Where(text => text.IsInbound && text.CreatedAt > now - Oldest).ToList();
            var known = await inbox.KnownAsync(tenantId, "twilio", [.. texts.Select(text => text.Sid)], cancel);
            missed.AddRange(texts.Where(text => !known.Contains(text.Sid) && text.CreatedAt <= now - Youngest));
            if (known.Count == texts.Count && texts.Count > 0 || page is [.., { CreatedAt: { } oldest }] && oldest <= now - Oldest)
            {
                break;
            }
        }

        foreach (var text in missed.AsEnumerable().Reverse())
        {
            try
            {
                await inbound.HeedMissedAsync(text, account, cancel);
                Heeded(logger, text.Sid, tenantId);
            }
            catch (Exception exception) when (!cancel.IsCancellationRequested)
            {
                // The others are not to wait for it; the next look finds it again.
                NotHeeded(logger, exception, text.Sid, tenantId);
            }
        }
    }

    [LoggerMessage(2022, LogLevel.Warning, "An inbound text of which nobody had told us ({MessageSid}, tenant {TenantId}) was found in Twilio's list and heeded")]
    private static partial void Heeded(ILogger logger, string messageSid, Guid tenantId);

    [LoggerMessage(2023, LogLevel.Error, "The inbound text {MessageSid} of tenant {TenantId}, found in Twilio's list, could not be heeded; the next look tries again")]
    private static partial void NotHeeded(ILogger logger, Exception exception, string messageSid, Guid tenantId);
}
