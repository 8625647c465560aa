namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <content>What is left when the CRM ignores the filter for good: its answer is the whole table, and the whole table can be seen.</content>
public sealed partial class WindowWalk
{
    // A larger table would take a key's whole minute for each look.
    private const int MostPagesOfATable = 100;

    // Every page may be another draw from the table: as many passes see all of it, but for one time in ten thousand.
    private const int PassesOfATable = 15;

    /// <summary>Sees the whole table, page by page, until as many different rows came as the CRM counts; takes those of the window.</summary>
    private async Task<bool> CoverUnfilteredAsync(Window window, CancellationToken cancel)
    {
        HashSet<string> all = [];
        long total = -1;
        for (var (asked, skip) = (0, 0); asked < PassesOfATable * Math.Max(1, total / CrmPage.Most); asked++)
        {
            var page = await source.Ask(window, skip, cancel);
            Requests++;
            await TakeInsideAsync(window, page, cancel);
            if (page.Total > MostPagesOfATable * CrmPage.Most)
            {
                return false;
            }

            if (page.Total != total)
            {
                // It grew or shrank meanwhile, or the filter works again: what was counted was another list.
                (total, skip) = (page.Total, 0);
                all.Clear();
            }

            all.UnionWith(page.Rows.Select(row => row.Id));
            if (all.Count + page.Unreadable >= total)
            {
                Reason = null;
                memory?.Keep(window, HasSeen);
                return true;
            }

            skip = skip + CrmPage.Most < total ? skip + CrmPage.Most : 0;
        }

        return false;
    }
}
