using System.Diagnostics.Metrics;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>How the whole installation stands, as only the database knows. Counts, seconds and money; no tenant, no person.</summary>
/// <param name="Inbox">Events that wait or are being worked on; at most 1,000 a tenant are counted.</param>
/// <param name="InboxOldestSeconds">Age of the oldest of them.</param>
/// <param name="InboxDead">Events that ended dead; at most 1,000 a tenant are counted.</param>
/// <param name="Due">Touch points whose time has come and that nobody has taken; at most 1,000 a tenant are counted.</param>
/// <param name="LatenessSeconds">How late the oldest of them is.</param>
/// <param name="Sending">Touch points in a worker's hands.</param>
/// <param name="Unknown">Texts of which nobody knows whether they went out.</param>
/// <param name="NeedsReview">Touch points that wait for a person.</param>
/// <param name="UnsettledOldestSeconds">Since when the oldest text is out of our hands without an outcome.</param>
/// <param name="LastWebhookSeconds">Since the CRM's last accepted event; −1 = there was none yet.</param>
/// <param name="SilentTenants">Tenants that had events from the CRM once, and none for three days.</param>
/// <param name="AiSpentMicros">Spent and reserved today (each tenant's own day), in millionths of a US dollar.</param>
/// <param name="AiFullestPercent">How much of its daily cap the tenant nearest to it has used.</param>
/// <param name="DatabaseBytes">Size of the database.</param>
/// <param name="Orchestrators">Living Orchestrators.</param>
/// <param name="ChatApis">Living Chat APIs.</param>
/// <param name="Missing">Processes that died without a word, and that no later one has replaced.</param>
public sealed record Figures(
    long Inbox, long InboxOldestSeconds, long InboxDead, long Due, long LatenessSeconds, long Sending, long Unknown, long NeedsReview, long UnsettledOldestSeconds,
    long LastWebhookSeconds, long SilentTenants, long AiSpentMicros, long AiFullestPercent, long DatabaseBytes, long Orchestrators, long ChatApis, long Missing)
{
    /// <summary>How the CRMs' polls stand.</summary>
    public IntakeFigures Intake { get; init; } = new(0, 0, 0, 0, 0, 0);
}

/// <summary>How complete the installation knows itself to be.</summary>
/// <param name="PollOldestSeconds">Since the latest complete poll of the tenant that has waited longest.</param>
/// <param name="PollFailing">Tenants whose latest poll was not complete.</param>
/// <param name="CrmMissing">Orders that the CRMs have and that could not be taken in, at the last comparisons.</param>
/// <param name="NeverCompared">Tenants that are polled and were never compared.</param>
/// <param name="SilentLocations">Shops that are silent for longer than their own history explains.</param>
/// <param name="OvertakenLocations">Shops of which only the poll hears.</param>
public sealed record IntakeFigures(long PollOldestSeconds, long PollFailing, long CrmMissing, long NeverCompared, long SilentLocations, long OvertakenLocations);

/// <summary>The <see cref="Figures"/> and the failing checks as gauges. What has not been read for a minute is not shown: no line is better than a flat lie.</summary>
public static class Gauges
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);
    private static volatile Snapshot? _latest;
    private static volatile Conditions? _conditions;
    private static volatile IEnumerable<IOwnChecks>? _own;

    static Gauges()
    {
        Add("lead.inbox.depth", "{event}", "Events of the inbox that wait or are worked on", figures => figures.Inbox);
        Add("lead.inbox.oldest", "s", "Age of the oldest event of the inbox", figures => figures.InboxOldestSeconds);
        Add("lead.inbox.dead", "{event}", "Events that ended dead and wait for a person", figures => figures.InboxDead);
        Add("lead.touch_points.due", "{touch_point}", "Touch points whose time has come", figures => figures.Due);
        Add("lead.touch_points.lateness", "s", "How late the oldest due touch point is", figures => figures.LatenessSeconds);
        Add("lead.touch_points.sending", "{touch_point}", "Touch points in a worker's hands", figures => figures.Sending);
        Add("lead.touch_points.unknown", "{touch_point}", "Texts of which nobody knows whether they went out", figures => figures.Unknown);
        Add("lead.touch_points.needs_review", "{touch_point}", "Touch points that wait for a person", figures => figures.NeedsReview);
        Add("lead.touch_points.unsettled", "s", "Since when the oldest text has been out of our hands without an outcome", figures => figures.UnsettledOldestSeconds);
        Add("lead.webhooks.last_accepted", "s", "Since the CRM's last accepted event", figures => figures.LastWebhookSeconds, figures => figures.LastWebhookSeconds >= 0);
        Add("lead.webhooks.silent_tenants", "{tenant}", "Tenants without an event from the CRM for three days", figures => figures.SilentTenants);
        Add("lead.webhooks.silent_locations", "{location}", "Shops that are silent for longer than their history explains, or of which only the poll hears", figures => figures.Intake.SilentLocations + figures.Intake.OvertakenLocations);
        Add("lead.poll.gap", "s", "Since the latest complete poll of the tenant that has waited longest", figures => figures.Intake.PollOldestSeconds);
        Add("lead.poll.failing", "{tenant}", "Tenants whose latest poll was not complete", figures => figures.Intake.PollFailing);
        Add("lead.poll.missing", "{order}", "Orders that the CRMs have and that could not be taken in, at the last comparisons", figures => figures.Intake.CrmMissing);
        Add("lead.poll.never_compared", "{tenant}", "Tenants that are polled and were never compared with their CRM", figures => figures.Intake.NeverCompared);
        Add("lead.ai.spent_today", "{micro_usd}", "Spent and reserved today by all tenants", figures => figures.AiSpentMicros);
        Add("lead.ai.cap_used", "%", "Share of its daily cap that the tenant nearest to it has used", figures => figures.AiFullestPercent);
        Add("lead.database.size", "By", "Size of the database", figures => figures.DatabaseBytes);
        Add("lead.instances.missing", "{process}", "Processes that died and were not replaced", figures => figures.Missing);
        Measures.Meter.CreateObservableGauge("lead.instances.alive", Alive, "{process}", "Living processes by service");
        Measures.Meter.CreateObservableGauge("lead.check.failing", Failing, "{check}", "1 for each check of /health that fails in this process, by its state");
    }

    /// <summary>The latest figures, or null when there are none that are fresh.</summary>
    public static Figures? Latest => _latest is { } latest && TimeProvider.System.GetElapsedTime(latest.At) < Fresh ? latest.Figures : null;

    /// <summary>New figures.</summary>
    public static void Show(Figures figures) => _latest = new Snapshot(figures, TimeProvider.System.GetTimestamp());

    /// <summary>Whose failing checks <c>lead.check.failing</c> shows.</summary>
    /// <param name="own">Those that are no condition of the traffic: of single tenants, of models.</param>
    internal static void Watch(Conditions conditions, IEnumerable<IOwnChecks> own) => (_conditions, _own) = (conditions, own);

    private static void Add(string name, string unit, string what, Func<Figures, long> read, Func<Figures, bool>? isKnown = null) =>
        Measures.Meter.CreateObservableGauge<long>(
            name, () => Latest is { } figures && isKnown?.Invoke(figures) is not false ? [new Measurement<long>(read(figures))] : [], unit, what);

    private static Measurement<long>[] Alive() => Latest is not { } figures ? [] :
    [
        new(figures.Orchestrators, new KeyValuePair<string, object?>("service", "orchestrator")),
        new(figures.ChatApis, new KeyValuePair<string, object?>("service", "chat-api")),
    ];

    private static IEnumerable<Measurement<long>> Failing() => (_conditions?.Failing ?? []).Concat(_own?.SelectMany(checks => checks.Failing()) ?? [])
        .Select(condition => new Measurement<long>(1, new KeyValuePair<string, object?>("check", condition.Check), new KeyValuePair<string, object?>("state", condition.State)));

    private sealed record Snapshot(Figures Figures, long At);
}
