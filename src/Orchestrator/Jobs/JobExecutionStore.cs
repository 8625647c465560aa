using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Jobs;

/// <summary>One run of a background job. <c>status</c>: running, succeeded, failed.</summary>
public sealed record JobExecution(
    Guid Id, string Job, string Status, int Seen, int Done, int Skipped, string? Error, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);

/// <summary>The table <c>job_executions</c>: what each run saw, did and skipped.</summary>
public sealed class JobExecutionStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>A run begins.</summary>
    public async Task<Guid> StartAsync(Guid tenantId, string job, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        await database.ExecuteAsync(tenantId, """
            INSERT INTO job_executions (tenant_id, id, job, status, started_at) VALUES (@tenantId, @id, @job, 'running', @now)
            """, new { id, job, now = clock.GetUtcNow() }, cancel);
        return id;
    }

    /// <summary>A run ended well.</summary>
    public Task SucceedAsync(Guid tenantId, Guid id, int seen, int done, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE job_executions SET status = 'succeeded', seen = @seen, done = @done, skipped = @seen - @done, finished_at = @now
        WHERE tenant_id = @tenantId AND id = @id
        """, new { id, seen, done, now = clock.GetUtcNow() }, cancel);

    /// <summary>A run failed; <paramref name="error"/> is a code, no data.</summary>
    public Task FailAsync(Guid tenantId, Guid id, string error, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE job_executions SET status = 'failed', error = @error, finished_at = @now WHERE tenant_id = @tenantId AND id = @id
        """, new { id, error, now = clock.GetUtcNow() }, cancel);

    /// <summary>A page of runs, newest first.</summary>
    public Task<IReadOnlyList<JobExecution>> ListAsync(Guid tenantId, Guid? before, int limit, CancellationToken cancel) =>
        database.QueryAsync<JobExecution>(tenantId, """
            SELECT id, job, status, seen, done, skipped, error, started_at, finished_at
            FROM job_executions
            WHERE tenant_id = @tenantId AND (@before::uuid IS NULL OR id < @before)
            ORDER BY id DESC
            LIMIT @limit
            """, new { before, limit }, cancel);
}
