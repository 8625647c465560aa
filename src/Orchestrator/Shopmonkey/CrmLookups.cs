using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>
/// Customers and vehicles of orders. One alone is asked for at once; those that come while a request is under way go together in one list, and what a poll has just brought along
/// is not asked for at all: a key has few requests, and a burst of orders needs two rows each.
/// </summary>
public sealed class CrmLookups(ShopmonkeyClient shopmonkey, TimeProvider clock)
{
    private const string Customers = "customer";
    private const string Vehicles = "vehicle";

    // Two lanes for a table: one request that hangs holds up half of those that wait, and a crowd still goes as a few lists.
    private const int Lanes = 2;
    private const int AtOnce = 8;

    // Long enough for the inbox to come to the orders that were just stored.
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DistrustedFor = TimeSpan.FromMinutes(10);
    private static readonly GroupCommitLimits Limits = new(Most: CrmPage.Most, Writers: 64, Deadline: TimeSpan.FromSeconds(60));

    private readonly ConcurrentDictionary<(Guid TenantId, string Table, string Id), (JsonElement Data, long At)> _recent = [];
    private readonly ConcurrentDictionary<(Guid TenantId, string Table), long> _distrusted = [];
    private GroupCommit<Question, Found>? _asked;
    private long _sweptAt;

    private GroupCommit<Question, Found> Asked => LazyInitializer.EnsureInitialized(
        ref _asked, () => new GroupCommit<Question, Found>(AskAllAsync, Limits, question => question.Lane));

    /// <summary>The customer, or null when the CRM does not know the id.</summary>
    /// <exception cref="ShopmonkeyException">The CRM did not answer.</exception>
    public Task<CustomerRow?> CustomerAsync(Guid tenantId, string id, CancellationToken cancel) =>
        FindAsync(tenantId, Customers, id, ShopmonkeyJson.Default.CustomerRow, cancel);

    /// <summary>The vehicle, or null when the CRM does not know the id.</summary>
    /// <exception cref="ShopmonkeyException">The CRM did not answer.</exception>
    public Task<VehicleRow?> VehicleAsync(Guid tenantId, string id, CancellationToken cancel) =>
        FindAsync(tenantId, Vehicles, id, ShopmonkeyJson.Default.VehicleRow, cancel);

    /// <summary>An order was read with whom it belongs to: that may serve a look-up within the next seconds.</summary>
    /// <param name="order">The row of a list, with its <c>customer</c> and <c>vehicle</c>, if the CRM gave them along.</param>
    public void Remember(Guid tenantId, JsonElement order)
    {
        foreach (var table in new[] { Customers, Vehicles })
        {
            if (order.ValueKind == JsonValueKind.Object && order.TryGetProperty(table, out var data) && CrmRow.Read(data) is { } row)
            {
                _recent[(tenantId, table, row.Id)] = (data, clock.GetTimestamp());
            }
        }

        Sweep();
    }

    /// <summary>A row has changed: what was read before is not to be used.</summary>
    public void Forget(Guid tenantId, string table, string id) => _recent.TryRemove((tenantId, table, id), out _);

    private async Task<T?> FindAsync<T>(Guid tenantId, string table, string id, JsonTypeInfo<T> type, CancellationToken cancel) where T : class
    {
        if (_recent.TryGetValue((tenantId, table, id), out var recent) && clock.GetElapsedTime(recent.At) < FreshFor && CrmRow.As(recent.Data, type) is { } fresh)
        {
            return fresh;
        }

        var found = await Asked.AddAsync(new Question(tenantId, table, id)).WaitAsync(cancel);
        return found switch
        {
            // Each who asked has its own exception: one object thrown many times would carry all their stacks.
            { Failure: { } failure } => throw new ShopmonkeyException(failure.Message, failure.Failure, failure.RetryAfter),
            { Row: { } row } => CrmRow.As(row, type) ?? throw new ShopmonkeyException("shopmonkey_answer_unreadable", ShopmonkeyFailure.Refused, null),
            _ => null,
        };
    }

    // All of one tenant and table. It never fails: what failed is told to whom it concerns.
    private async Task<IReadOnlyList<Found>> AskAllAsync(IReadOnlyList<Question> questions, CancellationToken cancel)
    {
        var (tenantId, table, _) = questions[0];
        var listed = questions.Count > 1 && !IsDistrusted(tenantId, table) ? await ListAsync(tenantId, table, [.. questions.Select(question => question.Id).Distinct()], cancel) : [];
        using var slots = new SemaphoreSlim(AtOnce);
        var asked = new ConcurrentDictionary<string, Lazy<Task<Found>>>(StringComparer.Ordinal);
        return await Task.WhenAll(questions.Select(question => listed.TryGetValue(question.Id, out var row)
            ? Task.FromResult(new Found(row, null))
            : asked.GetOrAdd(question.Id, id => new Lazy<Task<Found>>(() => OneAsync(tenantId, table, id, slots, cancel))).Value));
    }

    private async Task<Dictionary<string, JsonElement>> ListAsync(Guid tenantId, string table, IReadOnlyList<string> ids, CancellationToken cancel)
    {
        try
        {
            var page = await shopmonkey.ListAsync(tenantId, CrmQuestion.ByIds(table, ids), CrmPriority.Customer, cancel);
            var wanted = ids.ToHashSet(StringComparer.Ordinal);
            var found = page.Rows.Where(row => wanted.Contains(row.Id)).DistinctBy(row => row.Id).ToDictionary(row => row.Id, row => row.Data, StringComparer.Ordinal);
            if (page.Rows.Count > found.Count)
            {
                _distrusted[(tenantId, table)] = clock.GetTimestamp();
            }

            return found;
        }
        catch (ShopmonkeyException)
        {
            return []; // each for itself is told why
        }
    }

    private async Task<Found> OneAsync(Guid tenantId, string table, string id, SemaphoreSlim slots, CancellationToken cancel)
    {
        await slots.WaitAsync(cancel);
        try
        {
            return new Found((await shopmonkey.RowAsync(tenantId, table, id, CrmPriority.Customer, cancel))?.Data, null);
        }
        catch (ShopmonkeyException failure)
        {
            return new Found(null, failure);
        }
        finally
        {
            slots.Release();
        }
    }

    private bool IsDistrusted(Guid tenantId, string table) => _distrusted.TryGetValue((tenantId, table), out var at) && clock.GetElapsedTime(at) < DistrustedFor;

    private void Sweep()
    {
        var swept = Interlocked.Read(ref _sweptAt);
        if (clock.GetElapsedTime(swept) < FreshFor || Interlocked.CompareExchange(ref _sweptAt, clock.GetTimestamp(), swept) != swept)
        {
            return;
        }

        foreach (var (key, recent) in _recent)
        {
            if (clock.GetElapsedTime(recent.At) >= FreshFor)
            {
                _recent.TryRemove(key, out _);
            }
        }
    }

    private sealed record Question(Guid TenantId, string Table, string Id)
    {
        public object Lane { get; } = (TenantId, Table, (uint)Id.GetHashCode(StringComparison.Ordinal) % Lanes);
    }

    private sealed record Found(JsonElement? Row, ShopmonkeyException? Failure);
}
