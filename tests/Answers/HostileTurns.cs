using LeadOrchestrator.Sandbox;

namespace LeadOrchestrator.Answers;

/// <summary>Many turns with whatever model the Chat API has, by customers who tap nothing.</summary>
public static class HostileTurns
{
    private const int OfOneCustomer = 20;

    /// <summary>Has them.</summary>
    /// <param name="atOnce">Customers at a time.</param>
    public static async Task<IReadOnlyList<Turn>> RunAsync(AnswerShop shop, HttpClient chatApi, SandboxClock clock, int turns, int atOnce)
    {
        using var places = new SemaphoreSlim(atOnce);
        var all = await Task.WhenAll(Enumerable.Range(0, (turns + OfOneCustomer - 1) / OfOneCustomer).Select(async customer =>
        {
            await places.WaitAsync();
            try
            {
                var (_, code) = await shop.LeadAsync(new LeadData(), clock.Now);
                var visitor = await Visitor.OpenAsync(chatApi, code);
                var had = new List<Turn>();
                for (var turn = 0; turn < Math.Min(OfOneCustomer, turns - (customer * OfOneCustomer)); turn++)
                {
                    had.Add(await visitor.AskAsync($"Question {customer}-{turn}: and what does it cost now?"));
                }

                return had;
            }
            finally
            {
                places.Release();
            }
        }));
        return [.. all.SelectMany(had => had)];
    }

    /// <summary>What a turn has shown or done that no turn may.</summary>
    public static IEnumerable<string> Judge(Turn turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return
        [
            .. AnswerJudge.Shown(turn).Select(finding => finding.ToString()),
            .. turn.Shown.SelectMany(text => HostileModel.Shown(text).Select(lie => $"lie shown: {lie} in “{text}”")).Distinct(),
        ];
    }
}
