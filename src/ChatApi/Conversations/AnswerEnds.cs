using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Writes the ends of answers: each with its last frames and its money, and those of a tenant that end at the same moment in one transaction.</summary>
public sealed class AnswerEnds
{
    private const int MostAtOnce = 50;
    private readonly LeadDatabase _database;
    private readonly MessageStore _messages;
    private readonly Budget _budget;
    private readonly ServiceInstance _instance;
    private readonly Together<Ending, EndedAnswer> _ending;

    /// <summary>Made once for the process.</summary>
    public AnswerEnds(LeadDatabase database, MessageStore messages, Budget budget, ServiceInstance instance)
    {
        (_database, _messages, _budget, _instance) = (database, messages, budget, instance);
        _ending = new Together<Ending, EndedAnswer>(WriteAllAsync, MostAtOnce);
    }

    /// <summary>Ends an answer of this process.</summary>
    /// <param name="settled">The calls to settle with it; they are settled even if the answer is not ours any more.</param>
    public Task<EndedAnswer> WriteAsync(Guid tenantId, AnswerEnd end, IReadOnlyList<SettledCall> settled) => _ending.DoAsync(tenantId, new Ending(end, settled));

    // Sorted, so that two processes never wait for each other in a ring; the day's money last, so that nobody waits for it longer than a commit takes.
    private async Task<IReadOnlyList<EndedAnswer>> WriteAllAsync(Guid tenantId, IReadOnlyList<Ending> endings)
    {
        var sorted = endings.OrderBy(ending => ending.End.SessionId).ToList();
        List<SettledCall> settle = [.. endings.SelectMany(ending => ending.Settled)];
        await using var batch = await TenantBatch.OpenAsync(_database, CancellationToken.None);
        batch.Enter(tenantId);
        foreach (var ending in sorted)
        {
            _messages.AddEnd(batch, _instance.Id, ending.End);
        }

        if (settle.Count > 0)
        {
            _budget.AddSettle(batch, settle);
        }

        var ended = new Dictionary<Ending, EndedAnswer>();
        await using var reader = await batch.ReadAsync(CancellationToken.None);
        foreach (var ending in sorted)
        {
            ended[ending] = await MessageStore.ReadEndedAsync(reader, ending.End, CancellationToken.None);
        }

        if (settle.Count > 0)
        {
            await _budget.ReadSettledAsync(reader, tenantId, CancellationToken.None);
        }

        await reader.NextResultAsync(CancellationToken.None); // the commit, or its error
        return [.. endings.Select(ending => ended[ending])];
    }

    private sealed record Ending(AnswerEnd End, IReadOnlyList<SettledCall> Settled);
}
