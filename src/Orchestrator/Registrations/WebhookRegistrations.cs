using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Registrations;

/// <summary>A tenant's webhook at its CRM: looked at, made, and mended.</summary>
public sealed partial class WebhookRegistrations(
    RegistrationClient crm, RegistrationStore store, VendorAccounts accounts, TenantStore tenants, LeadDatabase database, AuditStore audit, TenantConditions conditions,
    PlatformSettings platform, ShopmonkeySettings settings, ILogger<WebhookRegistrations> logger)
{
    /// <summary>The name of the check.</summary>
    public const string Check = "shopmonkey_webhook";

    /// <summary>How ours is called at the CRM.</summary>
    public const string Name = "lead-orchestrator";

    /// <summary>What it is told of where <c>SHOPMONKEY_WEBHOOK_TRIGGERS</c> says nothing else. The names that Shopmonkey knows are not verified (docs/HANDOFF.md); what it does not know it names in its refusal.</summary>
    public static readonly IReadOnlyList<string> Triggers = ["Order", "Customer", "Vehicle", "Appointment", "CannedService"];

    /// <summary>Ours is mended without a person at most this often.</summary>
    public static readonly TimeSpan MendsEvery = TimeSpan.FromMinutes(10);

    private const string RealHost = "shopmonkey.cloud";

    private string Door => $"{platform.PublicUrl.AbsoluteUri.TrimEnd('/')}{RegistrationVerdict.Path}";

    /// <summary>What the CRM says of our webhooks. Null = the tenant has no CRM.</summary>
    /// <exception cref="RegistrationException">The CRM did not answer.</exception>
    public async Task<RegistrationReport?> LookAsync(Guid tenantId, CancellationToken cancel)
    {
        if (await accounts.ShopmonkeyAsync(tenantId, cancel) is not { } account)
        {
            return null;
        }

        var slug = (await tenants.GetAsync(tenantId, cancel)).Slug;
        var known = await store.FindAsync(tenantId, cancel);
        return ReportOf(tenantId, slug, known, await crm.ListAsync(tenantId, account, cancel));
    }

    /// <summary>Makes the webhook, or lets the one that is there lead here, switched on, with our secret and triggers; and reads it back. The same twice changes nothing.</summary>
    /// <exception cref="RegistrationException">The CRM refused or did not answer.</exception>
    public Task<RegistrationResult> RegisterAsync(Guid tenantId, Guid actorId, CancellationToken cancel) => RegisterAsync(tenantId, actorId, isAsked: true, cancel);

    private async Task<RegistrationResult> RegisterAsync(Guid tenantId, Guid actorId, bool isAsked, CancellationToken cancel)
    {
        var account = await accounts.ShopmonkeyAsync(tenantId, cancel);
        if (WhyNot(account) is { } reason)
        {
            return new RegistrationResult(null, IsNew: false, reason);
        }

        var slug = (await tenants.GetAsync(tenantId, cancel)).Slug;
        var known = await store.FindAsync(tenantId, cancel);
        var rows = await crm.ListAsync(tenantId, account!, cancel);
        var isNew = OursAmong(rows, known, tenantId, slug, isAsked) is null;
        var (id, url) = await WriteAsync(tenantId, slug, known, account!, rows, isAsked, cancel);
        await using (var transaction = await database.BeginAsync(tenantId, cancel))
        {
            await store.SaveAsync(transaction, id, url, cancel);
            await audit.AddAsync(transaction, actorId, "webhook_registered", id, cancel);
            await transaction.CommitAsync(cancel);
        }

        var report = ReportOf(tenantId, slug, id, await crm.ListAsync(tenantId, account!, cancel));
        Tell(tenantId, report);
        return new RegistrationResult(report, isNew, null);
    }

    /// <summary>Looks, tells the health page, and mends what we made ourselves. A CRM that does not answer says nothing about the webhook; its own check knows that.</summary>
    /// <returns>Whether all is well, as far as it is known.</returns>
    public async Task<bool> TendAsync(Guid tenantId, CancellationToken cancel)
    {
        try
        {
            if (await LookAsync(tenantId, cancel) is not { } report)
            {
                ForgetIfFailing(tenantId);
                return true;
            }

            if (MayMend(report) && await store.TryMendAsync(tenantId, MendsEvery, cancel))
            {
                // Nobody asked: the tenant itself is who acts.
                report = (await RegisterAsync(tenantId, tenantId, isAsked: false, cancel)).Report ?? report;
                Mended(logger, tenantId, report.State);
            }

            Tell(tenantId, report);
            return report.State == RegistrationVerdict.Ok;
        }
        catch (RegistrationException exception)
        {
            CouldNotLook(logger, tenantId, exception.Message);
            return false;
        }
    }

    // What others made is theirs: it is only looked at. A delivery that fails is not mended by writing the same again.
    private static bool MayMend(RegistrationReport report) => report.IsRegisteredByUs && report.State is RegistrationVerdict.Missing or RegistrationVerdict.OtherUrl or RegistrationVerdict.Disabled or RegistrationVerdict.Incomplete;

    private void Tell(Guid tenantId, RegistrationReport report)
    {
        if (report.State == RegistrationVerdict.Ok)
        {
            conditions.Succeeded(Check, tenantId);
        }
        else
        {
            conditions.Failed(Check, tenantId, report.State, report.Verdict);
        }
    }

    private void ForgetIfFailing(Guid tenantId)
    {
        if (conditions.Of(Check, tenantId) is not null)
        {
            conditions.Succeeded(Check, tenantId);
        }
    }

    private string? WhyNot(ShopmonkeyAccount? account) => account switch
    {
        null => "Shopmonkey is switched off for this tenant. Store its key first: PUT /api/vendor-credentials/shopmonkey.",
        { WebhookSecrets: [] } => "There is no secret to sign the webhooks with. Set SHOPMONKEY_WEBHOOK_SECRET (16 characters or more) and restart the Orchestrators.",
        _ when PlatformSettings.IsAt(account.BaseUrl, RealHost) && !platform.IsHttps => "Shopmonkey does not reach PUBLIC_URL: it must be an https address that leads here from outside. In development a tunnel gives one (README).",
        _ => null,
    };

    private async Task<(string Id, string Url)> WriteAsync(
        Guid tenantId, string slug, string? known, ShopmonkeyAccount account, IReadOnlyList<WebhookRow> rows, bool isAsked, CancellationToken cancel)
    {
        for (var isSecondTry = false; ; isSecondTry = true)
        {
            var ours = OursAmong(rows, known, tenantId, slug, isAsked);
            var url = ours?.Url is { } there && LeadsHere(there, tenantId, slug) ? there : $"{Door}/{slug}";
            var wish = new WebhookWish(null, url, settings.WebhookTriggers, Enabled: true, account.WebhookSecrets[0]);
            if (ours?.Id is { } id)
            {
                await crm.ChangeAsync(tenantId, account, id, wish, cancel);
                return (id, url);
            }

            try
            {
                // A name is given once in a company; one that leads elsewhere is somebody else's.
                var name = rows.Any(row => row.Name == Name) ? $"{Name}-{slug}" : Name;
                var made = await crm.AddAsync(tenantId, account, wish with { Name = name }, cancel);
                return (made.Id ?? throw new RegistrationException("shopmonkey_answer_unreadable", null), url);
            }
            catch (RegistrationException) when (!isSecondTry)
            {
                // Another process may have made it meanwhile.
                rows = await crm.ListAsync(tenantId, account, cancel);
            }
        }
    }

    // The one that we remember; else one that leads here; else, if a person asks, one by our name that an older address has left behind: it could be another system's.
    private WebhookRow? OursAmong(IReadOnlyList<WebhookRow> rows, string? known, Guid tenantId, string slug, bool isAsked) =>
        rows.FirstOrDefault(row => known is not null && row.Id == known)
        ?? rows.FirstOrDefault(row => row.Url is { } url && LeadsHere(url, tenantId, slug))
        ?? rows.FirstOrDefault(row => isAsked && (row.Name == Name || row.Name == $"{Name}-{slug}") && RegistrationVerdict.IsOurs(row.Url));

    private RegistrationReport ReportOf(Guid tenantId, string slug, string? known, IReadOnlyList<WebhookRow> rows)
    {
        var verdict = RegistrationVerdict.Of(rows, url => LeadsHere(url, tenantId, slug), settings.WebhookTriggers);
        var items = rows.Where(row => RegistrationVerdict.IsOurs(row.Url) || (known is not null && row.Id == known)).Select(row => new RegistrationView(
            row.Id, row.Name, row.Url, row.Enabled, row.Error, row.ErrorMessage, row.TriggerNames, known is not null && row.Id == known,
            RegistrationVerdict.Of([row], url => LeadsHere(url, tenantId, slug), settings.WebhookTriggers).State));
        return new RegistrationReport([.. items], null, verdict.State, verdict.Words, known is not null);
    }

    // The plain path finds the tenant by the body's company, the longer one names it.
    private bool LeadsHere(string url, Guid tenantId, string slug)
    {
        var bare = url.TrimEnd('/');
        return bare.StartsWith(Door, StringComparison.OrdinalIgnoreCase)
            && (bare.Length == Door.Length || bare[Door.Length..] == $"/{slug}" || bare[Door.Length..] == $"/{tenantId}");
    }

    [LoggerMessage(2220, LogLevel.Warning, "Mended the webhook of tenant {TenantId} at its CRM; it is {State} now")]
    private static partial void Mended(ILogger logger, Guid tenantId, string state);

    [LoggerMessage(2221, LogLevel.Debug, "The webhook of tenant {TenantId} could not be looked at ({Code})")]
    private static partial void CouldNotLook(ILogger logger, Guid tenantId, string code);
}

/// <summary>What the CRM says of our webhooks.</summary>
/// <param name="State">ok, missing, other_url, disabled, incomplete or failing.</param>
/// <param name="Verdict">What that means, and what to do about it.</param>
/// <param name="IsRegisteredByUs">One of them was made by this system, which then mends it by itself when it is gone, disabled or leads elsewhere (at most every ten minutes).</param>
public sealed record RegistrationReport(IReadOnlyList<RegistrationView> Items, string? NextCursor, string State, string Verdict, bool IsRegisteredByUs);

/// <summary>A webhook at the CRM that leads, or led, to a door like ours.</summary>
/// <param name="Error">Did its latest delivery fail? <paramref name="ErrorMessage"/> is the CRM's word for why.</param>
/// <param name="State">What it comes to by itself: ok, other_url, disabled, incomplete or failing.</param>
public sealed record RegistrationView(
    string? Id, string? Name, string? Url, bool? Enabled, bool? Error, string? ErrorMessage, IReadOnlyList<string> Triggers, bool IsRegisteredByUs, string State);

/// <summary>What came of a registration.</summary>
/// <param name="Refusal">Why it was not tried; then there is no report.</param>
public sealed record RegistrationResult(RegistrationReport? Report, bool IsNew, string? Refusal);
