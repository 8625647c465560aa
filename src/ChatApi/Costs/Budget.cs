using System.Data.Common;
using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Costs;

/// <summary>The cap on what a tenant spends on models in a day: money is reserved before a call, and settled after it.</summary>
/// <remarks>
/// A reservation is the most that the call can cost: every byte of the prompt a token at the dearest input price, and an answer of the full
/// allowed length. So a settled cost never exceeds its reservation, and spend never passes the cap, whatever runs at once.
/// </remarks>
public sealed partial class Budget
{
    private const int MostAtOnce = 100;
    private readonly LeadDatabase _database;
    private readonly CallStore _calls;
    private readonly ServiceInstance _instance;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Together<NewCall, bool> _reserving;

    /// <summary>Made once for the process.</summary>
    public Budget(LeadDatabase database, CallStore calls, ServiceInstance instance, TimeProvider clock, ILogger<Budget> logger)
    {
        (_database, _calls, _instance, _clock, _logger) = (database, calls, instance, clock, logger);
        _reserving = new Together<NewCall, bool>(ReserveAllAsync, MostAtOnce);
    }

    /// <summary>Reserves the money of one call and notes the call.</summary>
    /// <param name="mostInput">The most tokens that the prompt can have.</param>
    /// <returns>Null: the tenant's day has not that much left; the call must not be made.</returns>
    public async Task<Reservation?> ReserveAsync(
        SessionKey session, Guid messageId, Guid locationId, AiModel model, long mostInput, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(model);
        cancel.ThrowIfCancellationRequested(); // later than this it is done, whoever leaves
        var price = model.PriceOn(DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime));
        var most = price.AtMost(mostInput, model.MostOutput);
        var callId = Guid.CreateVersion7();
        var call = new NewCall(callId, session.SessionId, messageId, locationId, model.Provider, model.Id, most, _instance.Id);
        if (!await _reserving.DoAsync(session.TenantId, call))
        {
            Exhausted(_logger, session.TenantId, most);
            return null;
        }

        return new Reservation(callId, model, price, most, mostInput);
    }

    // All of them, or else as many as fit, in the order in which they came.
    private async Task<IReadOnlyList<bool>> ReserveAllAsync(Guid tenantId, IReadOnlyList<NewCall> reserve)
    {
        if (await _calls.ReserveAsync(tenantId, reserve, CancellationToken.None))
        {
            return [.. reserve.Select(_ => true)];
        }

        var fits = new List<bool>();
        foreach (var call in reserve)
        {
            fits.Add(reserve.Count > 1 && await _calls.ReserveAsync(tenantId, [call], CancellationToken.None));
        }

        return fits;
    }

    /// <summary>Settles calls together with what else is in the batch; <see cref="ReadSettledAsync"/> reads its result. Doing it twice counts once.</summary>
    /// <param name="batch">In the calls' tenant; this is its last statement.</param>
    public void AddSettle(TenantBatch batch, IReadOnlyList<SettledCall> settle) => _calls.AddSettle(batch, settle);

    /// <summary>Reads the result of <see cref="AddSettle"/>. The reader stands on the result before.</summary>
    public async Task ReadSettledAsync(DbDataReader reader, Guid tenantId, CancellationToken cancel)
    {
        foreach (var call in await CallStore.ReadSettledAsync(reader, cancel))
        {
            if (call.CostMicros > call.ReservedMicros)
            {
                OverReservation(_logger, call.CallId, tenantId, call.CostMicros, call.ReservedMicros);
            }
        }
    }

    /// <summary>Settles a call in a transaction of its own.</summary>
    public async Task SettleAsync(Guid tenantId, Guid callId, Settlement settlement, CancellationToken cancel)
    {
        await using var batch = await TenantBatch.OpenAsync(_database, cancel);
        batch.Enter(tenantId);
        AddSettle(batch, [new SettledCall(callId, settlement)]);
        await using var reader = await batch.ReadAsync(cancel);
        await ReadSettledAsync(reader, tenantId, cancel);
        await reader.NextResultAsync(cancel); // the commit, or its error
    }

    /// <summary>What is still open of an answer that is about to end: calls whose reservation may have been stored without our hearing of it.</summary>
    public Task<IReadOnlyList<Guid>> OpenOfAsync(Guid tenantId, Guid messageId, CancellationToken cancel) => _calls.OpenOfAsync(tenantId, messageId, cancel);

    [LoggerMessage(5010, LogLevel.Warning, "Tenant {TenantId} has no {Micros} micro-dollars left for a model today; the call was not made")]
    private static partial void Exhausted(ILogger logger, Guid tenantId, long micros);

    [LoggerMessage(5011, LogLevel.Error, "Call {CallId} of tenant {TenantId} cost {Cost} micro-dollars, more than the {Reserved} that it could at most")]
    private static partial void OverReservation(ILogger logger, Guid callId, Guid tenantId, long cost, long reserved);
}

/// <summary>Money that is set aside for one call.</summary>
/// <param name="Micros">The most that the call can cost, in micro-dollars.</param>
/// <param name="MostInput">The most tokens that its prompt can have.</param>
public sealed record Reservation(Guid CallId, AiModel Model, ModelPrice Price, long Micros, long MostInput)
{
    /// <summary>The call went to its end, and the vendor said what it used.</summary>
    public Settlement Settled(Tokens tokens, string outcome)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return new Settlement("settled", outcome, Price.Cost(tokens.Input, tokens.Output, tokens.CacheRead, tokens.CacheWrite), tokens);
    }

    /// <summary>The call ended before the vendor has said what it used: what we have counted is booked, and never more than was set aside.</summary>
    public Settlement Estimated(Tokens tokens, string outcome)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return new Settlement("estimated", outcome, Math.Min(Micros, Price.Cost(tokens.Input, tokens.Output, tokens.CacheRead, tokens.CacheWrite)), tokens);
    }

    /// <summary>The vendor refused the call, which costs nothing.</summary>
    public static Settlement NotBilled(string outcome) => new("not_billed", outcome, 0, Tokens.None);
}

/// <summary>What became of a call.</summary>
/// <param name="Status">settled, estimated or not_billed.</param>
/// <param name="Outcome">One machine word.</param>
/// <param name="CostMicros">Null = the whole reservation.</param>
public sealed record Settlement(string Status, string Outcome, long? CostMicros, Tokens Tokens)
{
    /// <summary>For a call whose process is gone.</summary>
    public static readonly Settlement OwnerLost = Unknown("owner_lost");

    /// <summary>For a call of which nothing was heard: its whole reservation is booked.</summary>
    public static Settlement Unknown(string outcome) => new("estimated", outcome, null, Tokens.None);
}

/// <summary>What a call used, by the vendor's word or by our count.</summary>
/// <param name="Input">All of the prompt, those from and for the cache included.</param>
public sealed record Tokens(long Input, long Output, long CacheRead, long CacheWrite)
{
    /// <summary>None.</summary>
    public static readonly Tokens None = new(0, 0, 0, 0);
}
