using System.Net;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Pictures;

/// <summary>Fetches the pictures that came with texts, with the account's key, from the vendor alone. Any number of copies may run.</summary>
public sealed partial class PictureWorker(
    PictureStore pictures, TwilioClient twilio, VendorAccounts accounts, IHostApplicationLifetime lifetime, ILogger<PictureWorker> logger) : BackgroundService
{
    /// <summary>Twilio takes 5 MB of media with a message.</summary>
    public const int MostBytes = 5 * 1024 * 1024;

    private const int AtOnce = 4;
    private const int MostAttempts = 8;

    // Longer than a fetch takes; a worker that dies leaves its picture to the next one after it.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.UntilStopAsync(Every, WorkOffAsync, exception => RoundFailed(logger, exception), lifetime, stoppingToken);

    private async Task WorkOffAsync(CancellationToken cancel)
    {
        while (await RunOnceAsync(cancel))
        {
        }
    }

    /// <summary>One claim, worked off.</summary>
    /// <returns>Whether more may wait.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken cancel)
    {
        var claims = await pictures.ClaimAsync(AtOnce, Lease, cancel);
        await Task.WhenAll(claims.Select(claim => FetchAsync(claim.TenantId, claim.Id, cancel)));
        return claims.Count == AtOnce;
    }

    private async Task FetchAsync(Guid tenantId, Guid id, CancellationToken cancel)
    {
        if (await pictures.WaitingAsync(tenantId, id, cancel) is not { } picture)
        {
            return;
        }

        // Our key goes to the account's own host and nowhere else, whatever address was signed.
        if (await accounts.TwilioAsync(tenantId, cancel) is not { } account || !Uri.TryCreate(picture.SourceUrl, UriKind.Absolute, out var url) || !account.BaseUrl.IsBaseOf(url))
        {
            await RefuseAsync(tenantId, id, "not_at_the_vendor", cancel);
            return;
        }

        try
        {
            var content = await twilio.MediaAsync(tenantId, account, url, MostBytes, cancel);
            if (content is null || PictureKind.Of(content) is not { } type)
            {
                await RefuseAsync(tenantId, id, content is null ? "too_large" : "not_a_picture", cancel);
                return;
            }

            await pictures.KeepAsync(tenantId, id, new PictureContent(type, content), cancel);
        }
        catch (HttpRequestException exception) when (exception.StatusCode is HttpStatusCode.Gone || (exception.StatusCode is HttpStatusCode.NotFound && picture.Attempts >= MostAttempts))
        {
            // Not found is also what a picture is that Twilio has told us of and has not everywhere yet.
            await RefuseAsync(tenantId, id, "gone_at_the_vendor", cancel);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            await (picture.Attempts >= MostAttempts
                ? RefuseAsync(tenantId, id, "could_not_be_fetched", cancel)
                : pictures.TryAgainAsync(tenantId, id, "could_not_be_fetched", FirstPause * (1 << picture.Attempts), cancel));
        }
    }

    private Task RefuseAsync(Guid tenantId, Guid id, string reason, CancellationToken cancel)
    {
        Refused(logger, id, tenantId, reason);
        return pictures.RefuseAsync(tenantId, id, reason, cancel);
    }

    [LoggerMessage(3411, LogLevel.Error, "Pictures could not be fetched; the next round tries again")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(3412, LogLevel.Warning, "Picture {PictureId} of tenant {TenantId} is not kept: {Reason}")]
    private static partial void Refused(ILogger logger, Guid pictureId, Guid tenantId, string reason);
}
