using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Operations;

/// <summary>What the figures of the polls and of the shops' webhooks say to an operator.</summary>
public static class IntakeChecks
{
    /// <summary>Shops that should have been heard of.</summary>
    public const string Silence = "shopmonkey_silence";

    /// <summary>The polls of the CRMs.</summary>
    public const string Poll = "shopmonkey_poll";

    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(5);
    private const int LongestGapInIntervals = 3;
    private const int PatienceInIntervals = 2;

    /// <summary>Was some franchise not polled to the end for too long?</summary>
    /// <param name="interval">Between two polls of a franchise.</param>
    public static bool IsLate(IntakeFigures figures, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return figures.PollOldestSeconds > Math.Max(LongestGap.TotalSeconds, interval.TotalSeconds * LongestGapInIntervals);
    }

    /// <summary>Sets both checks.</summary>
    /// <param name="interval">Between two polls of a franchise.</param>
    /// <param name="lateFor">For how long <see cref="IsLate"/> has been true, on this machine's own clock.</param>
    public static void Judge(Conditions conditions, IntakeFigures figures, TimeSpan interval, TimeSpan lateFor)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        ArgumentNullException.ThrowIfNull(figures);
        if (figures.OvertakenLocations > 0)
        {
            conditions.Failed(Silence, "overtaken", "Of some shops only the poll hears: their webhooks do not come. GET /api/coverage names them; look at the CRM's webhook (Shopmonkey: Settings, Integration, Webhooks). Leads come in all the same, up to a minute later.");
        }
        else if (figures.SilentLocations > 0)
        {
            conditions.Failed(Silence, "silent", "Some shops are silent for longer than they ever were. GET /api/coverage names them: closed, or their webhook is off? The poll brings their leads meanwhile.");
        }
        else
        {
            conditions.Succeeded(Silence);
        }

        if (IsLate(figures, interval))
        {
            // After a stop of everything, and when a test moves the time, all are late until their next poll has ended.
            if (lateFor < interval * PatienceInIntervals)
            {
                return;
            }

            conditions.Failed(Poll, "late", "The CRM of some franchise was not polled to the end for more than five minutes: what its webhooks lose is not found. GET /api/job-executions?job=shopmonkey_poll&status=failed says why.");
        }
        else if (figures.CrmMissing > 0)
        {
            conditions.Failed(Poll, "missing", "The CRM has orders that cannot be taken in. GET /api/webhook-events?status=dead says why, GET /api/coverage how many.");
        }
        else
        {
            conditions.Succeeded(Poll);
        }
    }
}
