using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Jobs;

/// <summary>One run of a background job. <c>status</c>: running, succeeded, failed.</summary>
public sealed record JobExecution(
    Guid Id, string Job, string Status, int Seen, int Done, int Skipped, string? Error, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);

/// <summary>A run that has ended.</summary>
/// <param name="Seen">What it looked at; <paramref name="Done"/> of it was new, the rest was known.</param>
/// <param name="Error">A code; null = it reached its end.</param>
public sealed record JobRun(string Job, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, int Seen, int Done, string? Error);

/// <summary>Which runs are listed; null = any.</summary>
/// <param name="From">Started at this time or later.</param>
public sealed record JobFilter(string? Job, string? Status, DateTimeOffset? From);

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

    private const string Ended = """
        INSERT INTO job_executions (tenant_id, id, job, status, seen, done, skipped, error, started_at, finished_at)
        VALUES ($1, $2, $3, CASE WHEN $8 IS NULL THEN 'succeeded' ELSE 'failed' END, $6, $7, greatest(0, $6 - $7), $8, $4, $5)
        """;

    /// <summary>Adds a run that has ended to a transaction of the caller's: short runs are not worth a row at their beginning.</summary>
    internal static void AddRun(TenantBatch batch, JobRun run) => batch.Add(
        Ended, TenantBatch.Value(Guid.CreateVersion7()), TenantBatch.Text(run.Job), TenantBatch.Value(run.StartedAt.UtcDateTime), TenantBatch.Value(run.FinishedAt.UtcDateTime),
        TenantBatch.Value(run.Seen), TenantBatch.Value(run.Done), TenantBatch.Text(run.Error));

    /// <summary>Notes a run that has ended.</summary>
    public async Task AddRunAsync(Guid tenantId, JobRun run, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        await using var batch = await TenantBatch.OpenAsync(database, cancel);
        batch.Enter(tenantId);
        AddRun(batch, run);
        await batch.ExecuteAsync(cancel);
    }

    /// <summary>Lets go of runs that found nothing after two days, and of all after thirty.</summary>
    public Task ForgetAsync(Guid tenantId, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        return database.ExecuteAsync(tenantId, """
            DELETE FROM job_executions
            WHERE tenant_id = @tenantId AND status <> 'running' AND (started_at < @month OR (started_at < @days AND status = 'succeeded' AND done = 0))
            """, new { month = now.AddDays(-30), days = now.AddDays(-2) }, cancel);
    }

    /// <summary>A page of runs, newest first.</summary>
    public Task<IReadOnlyList<JobExecution>> ListAsync(Guid tenantId, JobFilter filter, Guid? before, int limit, CancellationToken cancel) =>
        database.QueryAsync<JobExecution>(tenantId, """
            SELECT id, job, status, seen, done, skipped, error, started_at, finished_at
            FROM job_executions
            WHERE tenant_id = @tenantId AND (@before::uuid IS NULL OR id < @before) AND (@Job::text IS NULL OR job = @Job) AND (@Status::text IS NULL OR status = @Status)
              AND (@From::timestamptz IS NULL OR started_at >= @From)
            ORDER BY id DESC
            LIMIT @limit
            """, new { filter.Job, filter.Status, filter.From, before, limit }, cancel);
}
