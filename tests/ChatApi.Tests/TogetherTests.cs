using Npgsql;

namespace LeadOrchestrator.ChatApi.Tests;

public sealed class TogetherTests
{
    private static readonly Guid Tenant = Guid.CreateVersion7();
    private readonly TaskCompletionSource _open = new();
    private readonly List<int[]> _groups = [];

    [Fact]
    public async Task Who_asks_while_one_is_done_is_done_with_all_who_asked_meanwhile()
    {
        var together = new Together<int, int>(DoubleAsync, most: 3);

        var all = Enumerable.Range(1, 6).Select(number => together.DoAsync(Tenant, number)).ToList();
        _open.SetResult();

        (await Task.WhenAll(all)).ShouldBe([2, 4, 6, 8, 10, 12]);
        _groups.Select(group => string.Join(",", group)).ShouldBe(["1", "2,3,4", "5,6"]);
    }

    [Fact]
    public async Task Another_tenant_does_not_wait()
    {
        var together = new Together<int, int>((tenant, items) => tenant == Tenant ? DoubleAsync(tenant, items) : Task.FromResult<IReadOnlyList<int>>([.. items]), most: 3);
        var waiting = together.DoAsync(Tenant, 1);

        (await together.DoAsync(Guid.CreateVersion7(), 7)).ShouldBe(7);

        _open.SetResult();
        (await waiting).ShouldBe(2);
    }

    [Fact]
    public async Task One_that_cannot_be_done_is_nobody_elses_failure()
    {
        var together = new Together<int, int>(DoubleAsync, most: 10);

        var all = new[] { 1, 2, -1, 3 }.Select(number => together.DoAsync(Tenant, number)).ToList();
        _open.SetResult();

        (await Should.ThrowAsync<PostgresException>(() => all[2])).SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
        (await Task.WhenAll(all[0], all[1], all[3])).ShouldBe([2, 4, 6]);
    }

    private async Task<IReadOnlyList<int>> DoubleAsync(Guid tenant, IReadOnlyList<int> items)
    {
        await _open.Task;
        _groups.Add([.. items]);
        return items.Contains(-1) ? throw new PostgresException("no", "ERROR", "ERROR", PostgresErrorCodes.CheckViolation) : [.. items.Select(item => item * 2)];
    }
}
