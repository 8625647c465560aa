using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Consent;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Texts of customers that Twilio has and this database does not: they came while it was away, or this service was. Twilio tells of each once and no more.</summary>
public sealed partial class MissedTexts(TwilioClient twilio, InboxStore inbox, TwilioInbound inbound, UnreadLists unread, TimeProvider clock, ILogger<MissedTexts> logger)
{
    // Twilio waits 15 s for the answer to its webhook: a younger text may be under way. A no is not left to that.
    private static readonly TimeSpan Youngest = TimeSpan.FromSeconds(30);

    // A list shows a text a little late, and whose webhook was under way at the last reading may not have been stored after all.
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(14);
    private static readonly TimeSpan Usual = TimeSpan.FromDays(1);

    /// <summary>
    /// Looks through an account's list, back to where it was last known to be read, and heeds what is not known, oldest first. Several may look at once: the event's row lets each text in once.
    /// </summary>
    /// <returns>Whether all of them could be heeded.</returns>
    /// <exception cref="HttpRequestException">The list could not be read.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public async Task<bool> TakeAsync(Guid tenantId, TwilioAccount account, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var isFirst = !unread.IsRead(tenantId);
        var readUntil = await inbox.TextsReadUntilAsync(tenantId, cancel) ?? now - Usual;
        var since = readUntil - Overlap is var wanted && wanted > now - Oldest ? wanted : now - Oldest;
        List<TwilioMessage> missed = [];
        await foreach (var page in twilio.InboundAsync(tenantId, account, cancel))
        {
            var texts = page.Where(text => text.IsInbound && text.CreatedAt > since).ToList();
            var known = await inbox.KnownAsync(tenantId, "twilio", [.. texts.Select(text => text.Sid)], cancel);
            missed.AddRange(texts.Where(text => !known.Contains(text.Sid) && (text.CreatedAt <= now - Youngest || (isFirst && ReplyWords.Read(text.Body ?? "").IsOptOut()))));
            if (page is [.., { CreatedAt: { } oldest }] && oldest <= since)
            {
                break;
            }
        }

        var areHeeded = true;
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
                areHeeded = false;
            }
        }

        if (areHeeded)
        {
            await inbox.NoteTextsReadAsync(tenantId, now, cancel);
        }

        return areHeeded;
    }

    [LoggerMessage(2022, LogLevel.Warning, "An inbound text of which nobody had told us ({MessageSid}, tenant {TenantId}) was found in Twilio's list and heeded")]
    private static partial void Heeded(ILogger logger, string messageSid, Guid tenantId);

    [LoggerMessage(2023, LogLevel.Error, "The inbound text {MessageSid} of tenant {TenantId}, found in Twilio's list, could not be heeded; the next look tries again")]
    private static partial void NotHeeded(ILogger logger, Exception exception, string messageSid, Guid tenantId);
}
