using System.Globalization;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Coverage;

/// <summary>Says how complete a shop is in a word and a sentence. Pure.</summary>
public static class CoverageWords
{
    /// <summary>A shop that is heard of for the first time has no history to be silent against.</summary>
    public const int LeastHistory = 10;

    /// <summary>As many finds of the poll in a row, without a webhook, are no chance.</summary>
    public const int OvertakenAt = 3;

    private static readonly TimeSpan LeastSilence = TimeSpan.FromHours(24);
    private const double SilenceFactor = 1.5;
    private static readonly TimeSpan Behind = TimeSpan.FromMinutes(5);

    /// <summary>Is it silent for longer than its own history explains?</summary>
    public static bool IsSilent(LocationCoverage shop, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(shop);
        var longest = TimeSpan.FromSeconds(shop.LongestPauseSeconds * SilenceFactor);
        return shop.PollFoundInARow >= OvertakenAt
            || (shop.WebhookEvents >= LeastHistory && shop.WebhookAt is { } at && now - at > (longest > LeastSilence ? longest : LeastSilence));
    }

    /// <summary>The shop with its status and summary.</summary>
    /// <param name="zone">In which the sentence names the hour: the franchise's.</param>
    public static LocationCoverage Describe(LocationCoverage shop, DateTimeOffset now, DateTimeZone zone)
    {
        ArgumentNullException.ThrowIfNull(shop);
        var lag = shop.PolledAt is { } polled ? now - polled : (TimeSpan?)null;
        var status = shop switch
        {
            { PollReason: "no_account" } => "off",
            { PolledAt: null, PollReason: null } => "never",
            { PollReason: not null } => "failing",
            _ when lag > Behind => "behind",
            _ when IsSilent(shop, now) => "silent",
            _ => "complete",
        };
        string[] sentences = [Reach(shop, status, lag, now, zone), Webhooks(shop, now), Missing(shop)];
        return shop with
        {
            LagSeconds = lag is { } late ? Math.Max(0, (long)late.TotalSeconds) : null,
            Status = status,
            Summary = string.Join("; ", sentences.Where(sentence => sentence.Length > 0)) + ".",
        };
    }

    private static string Reach(LocationCoverage shop, string status, TimeSpan? lag, DateTimeOffset now, DateTimeZone zone)
    {
        var until = shop.CompleteUntil is { } mark ? $"complete up to {Hour(mark, now, zone)}" : "not complete once so far";
        return status switch
        {
            "off" => "Not polled: this franchise has no account at the CRM",
            "never" => "Not polled yet",
            "failing" => $"The latest poll was not complete ({shop.PollReason}), {until}",
            "behind" => $"The latest complete poll was {Long(lag!.Value)} ago, {until}",
            _ => char.ToUpperInvariant(until[0]) + until[1..],
        };
    }

    private static string Webhooks(LocationCoverage shop, DateTimeOffset now) => shop switch
    {
        { WebhookAt: null, PollFoundEvents: 0 } => "nothing was heard of this shop yet",
        { WebhookAt: null } => $"no webhook so far, although the poll found {Events(shop.PollFoundEvents)}",
        { PollFoundInARow: >= OvertakenAt } => $"no webhook for {Long(now - shop.WebhookAt.Value)} although the poll found {Events(shop.PollFoundInARow)}",
        _ when IsSilent(shop, now) =>
            $"no webhook for {Long(now - shop.WebhookAt.Value)}, its longest pause so far was {Long(TimeSpan.FromSeconds(shop.LongestPauseSeconds))}",
        _ => $"latest webhook {Long(now - shop.WebhookAt.Value)} ago",
    };

    private static string Missing(LocationCoverage shop) => shop.Missing switch
    {
        > 0 and var missing => $"{Events(missing)} of the CRM could not be taken in at the last comparison",
        0 => "nothing was missing at the last comparison",
        _ => "",
    };

    private static string Events(long count) => count == 1 ? "1 order" : string.Create(CultureInfo.InvariantCulture, $"{count} orders");

    private static string Hour(DateTimeOffset at, DateTimeOffset now, DateTimeZone zone)
    {
        var there = Instant.FromDateTimeOffset(at).InZone(zone);
        return there.Date == Instant.FromDateTimeOffset(now).InZone(zone).Date
            ? there.ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            : there.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    private static string Long(TimeSpan time) => time switch
    {
        { TotalSeconds: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (long)time.TotalSeconds)} s"),
        { TotalMinutes: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMinutes} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalDays} days"),
    };
}
