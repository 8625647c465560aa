using System.Collections.Concurrent;
using System.Diagnostics;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>How a tenant's texts of the last day were taken.</summary>
/// <param name="Texts">That the vendor accepted or refused, but for those that our account or number was turned away for.</param>
/// <param name="Failed">Of these, that it refused or that did not arrive.</param>
/// <param name="OptOuts">People who said stop by text or to the carrier.</param>
/// <param name="BlockedBy">Why the carriers took none of the newest texts; null when one arrived since, or none was turned away so.</param>
/// <param name="FilteredBy">Why the newest one was taken for spam that was; null when none was.</param>
public sealed record TextRates(long Texts, long Failed, long OptOuts, string? BlockedBy = null, string? FilteredBy = null);

/// <summary>How a tenant's emails of the last week were taken.</summary>
/// <param name="Mails">That the vendor accepted.</param>
/// <param name="Complaints">Of these, that their readers called spam.</param>
/// <param name="Bounced">Of these, that went to mailboxes which do not exist.</param>
public sealed record MailRates(long Mails, long Complaints, long Bounced = 0);

/// <summary>What follows for what is planned for many.</summary>
/// <param name="Reason">Null, or why it waits.</param>
/// <param name="IsSlow">It goes at half the pace.</param>
public sealed record Throttle(string? Reason, bool IsSlow)
{
    /// <summary>Nothing follows.</summary>
    public static readonly Throttle None = new(null, false);

    /// <summary>Why all of a tenant's texts wait.</summary>
    public const string Blocked = "sender_is_blocked";

    // Fewer texts prove nothing.
    private const long Enough = 100;

    // One angry reader is no rate.
    private const long FewestComplaints = 2;

    /// <summary>Greetings and words of staff wait as well: nothing arrives.</summary>
    public bool HoldsAll { get; init; }

    /// <summary>The carriers act at 1 % of opt-outs and at 5 % of errors; half of that is slow already.</summary>
    public static Throttle Of(TextRates rates)
    {
        ArgumentNullException.ThrowIfNull(rates);
        return rates switch
        {
            { BlockedBy: not null } => new(Blocked, true) { HoldsAll = true },
            { Texts: < Enough } => None,
            _ when rates.OptOuts * 100 >= rates.Texts => new("too_many_opt_outs", true),
            _ when rates.Failed * 20 >= rates.Texts => new("too_many_errors", true),
            _ when rates.OptOuts * 200 >= rates.Texts || rates.Failed * 40 >= rates.Texts => new(null, true),
            _ => None,
        };
    }

    /// <summary>Mailbox providers turn mail away at 0.3 % of complaints; a third of that stops what is planned for many. So does a list of addresses of which one in twenty is none.</summary>
    public static Throttle Of(MailRates rates)
    {
        ArgumentNullException.ThrowIfNull(rates);
        return rates switch
        {
            { Complaints: >= FewestComplaints } when rates.Complaints * 1000 >= rates.Mails => new("too_many_complaints", true),
            { Mails: >= Enough } when rates.Bounced * 20 >= rates.Mails => new("too_many_bounces", true),
            _ => None,
        };
    }
}

/// <summary>
/// Looks each minute how each tenant's texts and emails are taken, and slows or stops what is planned for many before the carriers and mailbox providers do. First touches and staff go on, unless the
/// carriers take no text of the number at all.
/// </summary>
public sealed partial class SenderHealth(
    AttemptStore attempts, LocationStore locations, TenantStore tenants, VendorAccounts accounts, VendorVerdicts verdicts, TenantConditions conditions, ILogger<SenderHealth> logger) : BackgroundService
{
    /// <summary>The check that fails while a tenant's bulk of texts is stopped, and for a day after a text was taken for spam.</summary>
    public const string Check = "text_reputation";

    /// <summary>The check that fails while a tenant's bulk of emails is stopped.</summary>
    public const string MailCheck = "email_reputation";

    /// <summary>The check that fails while a shop's emails are left out for want of a postal address.</summary>
    public const string AddressCheck = "postal_address";

    /// <summary>What waits looks again after this time whether the sender has recovered.</summary>
    public static readonly TimeSpan WhileThrottled = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);

    // Emails are fewer, and are read and complained of days later.
    private static readonly TimeSpan MailWindow = TimeSpan.FromDays(7);

    private readonly ConcurrentDictionary<Guid, Throttle> _throttles = new();
    private readonly ConcurrentDictionary<Guid, Throttle> _mailThrottles = new();
    private readonly Dictionary<Guid, long> _probedAt = [];

    /// <summary>What follows for a tenant's texts.</summary>
    public Throttle Of(Guid tenantId) => _throttles.GetValueOrDefault(tenantId, Throttle.None);

    /// <summary>What follows for a tenant's emails.</summary>
    public Throttle OfMails(Guid tenantId) => _mailThrottles.GetValueOrDefault(tenantId, Throttle.None);

    /// <summary>While all texts of a tenant wait: whether one may go out, to see whether it arrives. One of each process in a quarter of an hour.</summary>
    public bool TakesProbe(Guid tenantId)
    {
        lock (_probedAt)
        {
            if (!MayProbe(tenantId))
            {
                return false;
            }

            _probedAt[tenantId] = Stopwatch.GetTimestamp();
            return true;
        }
    }

    /// <summary>Whether <see cref="TakesProbe"/> would say so.</summary>
    public bool MayProbe(Guid tenantId)
    {
        lock (_probedAt)
        {
            return !_probedAt.TryGetValue(tenantId, out var at) || Stopwatch.GetElapsedTime(at) >= WhileThrottled;
        }
    }

    /// <summary>
    /// Whether what became of a text cannot wait for the minute: the next one would end the same, or goes on. What only raises an alarm can, once that is raised: a look counts the texts of a day, and where
    /// many are filtered there would be one for each.
    /// </summary>
    public bool MustLook(Guid tenantId, string touch, VendorError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Of(tenantId).HoldsAll ? touch == "delivered"
            : touch == "failed" && (error.Action == ErrorAction.BlockedSender || (error.Action == ErrorAction.Alarm && conditions.Of(Check, tenantId) is null));
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(Every, RunOnceAsync, exception => CouldNotLook(logger, exception.GetType().Name), stoppingToken);

    /// <summary>One look at all tenants that text or write emails.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        foreach (var tenantId in await tenants.AllAsync(cancel))
        {
            if (await accounts.TwilioAsync(tenantId, cancel) is not null)
            {
                await LookAsync(tenantId, cancel);
            }

            if (await accounts.SendGridAsync(tenantId, cancel) is not null)
            {
                await LookAtMailsAsync(tenantId, cancel);
            }
        }
    }

    /// <summary>One look at the texts of a tenant.</summary>
    public async Task LookAsync(Guid tenantId, CancellationToken cancel)
    {
        var rates = await attempts.RatesAsync(tenantId, Window, cancel);
        var throttle = Throttle.Of(rates);
        Tell(tenantId, rates.BlockedBy, wasBlocked: Of(tenantId).HoldsAll);
        _throttles[tenantId] = throttle;
        if (throttle is { HoldsAll: false, Reason: { } reason })
        {
            conditions.Failed(Check, tenantId, reason, "What was planned for many waits; greetings and staff go on. Look at the words, at whom they reach, and at GET /api/touch-points/failures. It goes on by itself when the day's rate is below the limit.");
        }
        else if (TwilioErrors.CodeIn(rates.FilteredBy) is { } code)
        {
            conditions.Failed(Check, tenantId, rates.FilteredBy!, $"{TwilioErrors.Of(code).Sentence} This stands for a day after the last one.");
        }
        else
        {
            conditions.Succeeded(Check, tenantId);
        }
    }

    // What turned a text away a moment ago would turn away the next as well: the first probe waits.
    private void Tell(Guid tenantId, string? blockedBy, bool wasBlocked)
    {
        if (blockedBy is not null && TwilioErrors.CodeIn(blockedBy) is { } code)
        {
            conditions.Failed(VendorVerdicts.Check, tenantId, blockedBy, TwilioErrors.Of(code).Sentence);
            if (!wasBlocked)
            {
                _ = TakesProbe(tenantId);
            }
        }
        else if (wasBlocked)
        {
            verdicts.Arrived(tenantId);
        }
    }

    private async Task LookAtMailsAsync(Guid tenantId, CancellationToken cancel)
    {
        if (await locations.IsAnyWithoutAddressAsync(tenantId, cancel))
        {
            conditions.Failed(AddressCheck, tenantId, EmailGate.NoPostalAddress, "The planned emails of a shop are left out: the law asks for a postal address in each, and it has none (GET /api/locations). Add it in the CRM, or with PATCH /api/locations/{id}.");
        }
        else
        {
            conditions.Succeeded(AddressCheck, tenantId);
        }

        var throttle = Throttle.Of(await attempts.MailRatesAsync(tenantId, MailWindow, cancel));
        _mailThrottles[tenantId] = throttle;
        if (throttle.Reason is { } reason)
        {
            conditions.Failed(MailCheck, tenantId, reason, "The emails that were planned for many wait; greetings and staff go on. Look at the words, and at whom they reach. It goes on by itself when the week's rate is below the limit.");
        }
        else
        {
            conditions.Succeeded(MailCheck, tenantId);
        }
    }

    [LoggerMessage(6013, LogLevel.Warning, "How texts and emails are taken could not be looked at ({Kind}); the next minute tries again")]
    private static partial void CouldNotLook(ILogger logger, string kind);
}
