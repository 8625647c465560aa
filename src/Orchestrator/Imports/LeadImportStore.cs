using System.Text.Json;
using System.Text.Json.Serialization;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Imports;

/// <summary>A file of leads. <c>status</c>: queued, running, done.</summary>
public sealed record LeadImportView
{
    public required Guid Id { get; init; }
    public required Guid LocationId { get; init; }
    public required string Status { get; init; }

    /// <summary>True: nothing is written, and the rows say what would happen.</summary>
    public required bool DryRun { get; init; }

    /// <summary>False: nobody in it is written to by us.</summary>
    public required bool Greet { get; init; }
    public required string FileName { get; init; }

    /// <summary>Rows in all, the heading not counted.</summary>
    public required int Total { get; init; }
    public required ImportCounts Counts { get; init; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>How many rows came to what: a new lead; a new lead of a known person; nothing new; not taken.</summary>
public sealed record ImportCounts(long Waiting, long Created, long Joined, long Unchanged, long Rejected);

/// <summary>A row's report. <c>result</c>: waiting, created, joined, unchanged, rejected; <c>reason</c> is a machine word.</summary>
public sealed record ImportRowView
{
    public required int Line { get; init; }
    [JsonPropertyName("result")]
    public required string Outcome { get; init; }
    public string? Reason { get; init; }
    public string? Explanation { get; init; }
    public Guid? LeadId { get; init; }
}

/// <summary>An import that this process works on.</summary>
public sealed record ImportToWork
{
    public required Guid TenantId { get; init; }
    public required Guid Id { get; init; }
    public required Guid LocationId { get; init; }

    /// <summary>The shop's IANA zone.</summary>
    public required string Timezone { get; init; }

    /// <summary>Marks a test in a person's name.</summary>
    public required string TestMarker { get; init; }
    public required bool DryRun { get; init; }
    public required bool Greet { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What became of a row.</summary>
public sealed record RowResult(int Line, string Status, string? Reason, string Explanation, Guid? LeadId);

/// <summary>The tables <c>lead_imports</c> and <c>lead_import_rows</c>.</summary>
public sealed class LeadImportStore(LeadDatabase database, TimeProvider clock, ServiceInstance instance)
{
    /// <summary>Real time: an import whose worker is silent for so long is another's.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private const int RowsAtOnce = 2_000;

    private const string Columns = """
        i.id, i.location_id, i.status, i.dry_run, i.greet, i.file_name, i.total, i.created_by, i.created_at, i.finished_at,
        n.waiting, n.created, n.joined, n.unchanged, n.rejected
        """;

    private const string Counted = """
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE r.status = 'waiting') AS waiting, count(*) FILTER (WHERE r.status = 'created') AS created,
                count(*) FILTER (WHERE r.status = 'joined') AS joined, count(*) FILTER (WHERE r.status = 'unchanged') AS unchanged,
                count(*) FILTER (WHERE r.status = 'rejected') AS rejected
            FROM lead_import_rows r WHERE r.tenant_id = i.tenant_id AND r.import_id = i.id
        ) n
        """;

    /// <summary>Keeps a file: from here on it is worked on, whatever happens to this process.</summary>
    /// <returns>Its id; null when the tenant has no such shop.</returns>
    public async Task<Guid?> AddAsync(Guid tenantId, Guid locationId, CsvFile file, string fileName, bool dryRun, bool greet, Guid createdBy, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(file);
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        var id = Guid.CreateVersion7();
        if (await transaction.ExecuteAsync("""
            INSERT INTO lead_imports (tenant_id, id, location_id, status, dry_run, greet, file_name, total, created_by, created_at)
            SELECT @tenantId, @id, o.id, 'queued', @dryRun, @greet, @fileName, @total, @createdBy, @now
            FROM locations o WHERE o.tenant_id = @tenantId AND o.id = @locationId
            """, new { id, locationId, dryRun, greet, fileName, total = file.Rows.Count, createdBy, now = clock.GetUtcNow() }, cancel) == 0)
        {
            return null;
        }

        foreach (var rows in file.Rows.Chunk(RowsAtOnce))
        {
            await transaction.ExecuteAsync("""
                INSERT INTO lead_import_rows (tenant_id, id, import_id, line, content, status)
                SELECT @tenantId, n.id, @importId, n.line, n.content, 'waiting' FROM unnest(@ids, @lines, @contents) AS n (id, line, content)
                """,
                new
                {
                    importId = id, ids = rows.Select(_ => Guid.CreateVersion7()).ToArray(), lines = rows.Select(row => row.Line).ToArray(),
                    contents = rows.Select(row => JsonSerializer.Serialize(row.Fields)).ToArray(),
                }, cancel);
        }

        await transaction.CommitAsync(cancel);
        return id;
    }

    /// <summary>One import with its progress, or null.</summary>
    public async Task<LeadImportView?> GetAsync(Guid tenantId, Guid id, CancellationToken cancel) => (await database.FirstOrDefaultAsync<Row>(
        tenantId, $"SELECT {Columns} FROM lead_imports i {Counted} WHERE i.tenant_id = @tenantId AND i.id = @id", new { id }, cancel))?.Show();

    /// <summary>A page of imports, newest first.</summary>
    public async Task<IReadOnlyList<LeadImportView>> ListAsync(Guid tenantId, Guid? before, int limit, CancellationToken cancel) =>
        [.. (await database.QueryAsync<Row>(tenantId, $"""
            SELECT {Columns}
            FROM (
                SELECT p.tenant_id, p.id, p.location_id, p.status, p.dry_run, p.greet, p.file_name, p.total, p.created_by, p.created_at, p.finished_at
                FROM lead_imports p WHERE p.tenant_id = @tenantId AND (@before::uuid IS NULL OR p.id < @before) ORDER BY p.id DESC LIMIT @limit
            ) i
            {Counted}
            ORDER BY i.id DESC
            """, new { before, limit }, cancel)).Select(row => row.Show())];

    /// <summary>A page of a file's rows, in its order.</summary>
    public Task<IReadOnlyList<ImportRowView>> RowsAsync(Guid tenantId, Guid importId, string? status, int after, int limit, CancellationToken cancel) =>
        database.QueryAsync<ImportRowView>(tenantId, """
            SELECT line, status AS outcome, reason, explanation, lead_id
            FROM lead_import_rows
            WHERE tenant_id = @tenantId AND import_id = @importId AND line > @after AND (@status::text IS NULL OR status = @status)
            ORDER BY line
            LIMIT @limit
            """, new { importId, status, after, limit }, cancel);

    /// <summary>Takes one import that waits, or whose worker died; null = there is none.</summary>
    public async Task<ImportToWork?> ClaimAsync(CancellationToken cancel)
    {
        var claimed = await database.DoorAsync<(Guid TenantId, Guid Id)>(
            "SELECT tenant_id, id FROM claim_lead_imports(@worker, 1, @lease)", new { worker = instance.Id, lease = Lease }, cancel);
        return claimed is [var (tenantId, id)] ? await database.FirstOrDefaultAsync<ImportToWork>(tenantId, """
            SELECT i.tenant_id, i.id, i.location_id, o.timezone, o.test_marker, i.dry_run, i.greet, i.created_at
            FROM lead_imports i JOIN locations o ON o.tenant_id = i.tenant_id AND o.id = i.location_id
            WHERE i.tenant_id = @tenantId AND i.id = @id
            """, new { id }, cancel) : null;
    }

    /// <summary>Makes the claim last, and holds the import's row until the transaction ends, so that nobody takes it over in between.</summary>
    /// <returns>False when somebody else has it by now.</returns>
    public async Task<bool> HoldAsync(TenantTransaction transaction, Guid id, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync("""
            UPDATE lead_imports SET lease_until = clock_timestamp() + @lease WHERE tenant_id = @tenantId AND id = @id AND status = 'running' AND claimed_by = @worker
            """, new { id, worker = instance.Id, lease = Lease }, cancel) == 1;
    }

    /// <summary>The next rows that wait, in the file's order.</summary>
    public async Task<IReadOnlyList<CsvRow>> WaitingAsync(ImportToWork import, int after, int limit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(import);
        return [.. (await database.QueryAsync<(int Line, string Content)>(import.TenantId, """
            SELECT line, content FROM lead_import_rows
            WHERE tenant_id = @tenantId AND import_id = @Id AND line > @after AND status = 'waiting'
            ORDER BY line
            LIMIT @limit
            """, new { import.Id, after, limit }, cancel))
            .Select(row => new CsvRow(row.Line, JsonSerializer.Deserialize<Dictionary<string, string>>(row.Content)!))];
    }

    /// <summary>A dry run begins anew with its first row: what it knew of earlier rows is gone with the process that worked on it.</summary>
    public Task RewindAsync(ImportToWork import, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(import);
        return database.ExecuteAsync(import.TenantId, """
            UPDATE lead_import_rows SET status = 'waiting', reason = NULL, explanation = NULL WHERE tenant_id = @tenantId AND import_id = @Id AND status <> 'waiting'
            """, new { import.Id }, cancel);
    }

    /// <summary>Notes what became of rows.</summary>
    public Task SaveAsync(TenantTransaction transaction, Guid importId, IReadOnlyList<RowResult> results, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.ExecuteAsync("""
            UPDATE lead_import_rows r
            SET status = n.status, reason = n.reason, explanation = n.explanation, lead_id = n.lead_id
            FROM unnest(@lines, @statuses, @reasons, @explanations, @leadIds) AS n (line, status, reason, explanation, lead_id)
            WHERE r.tenant_id = @tenantId AND r.import_id = @importId AND r.line = n.line AND r.status = 'waiting'
            """,
            new
            {
                importId, lines = results.Select(row => row.Line).ToArray(), statuses = results.Select(row => row.Status).ToArray(),
                reasons = results.Select(row => row.Reason).ToArray(), explanations = results.Select(row => row.Explanation).ToArray(),
                leadIds = results.Select(row => row.LeadId).ToArray(),
            }, cancel);
    }

    /// <summary>Every row is done.</summary>
    public Task FinishAsync(ImportToWork import, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(import);
        return database.ExecuteAsync(import.TenantId, """
            UPDATE lead_imports SET status = 'done', finished_at = @now, claimed_by = NULL, lease_until = NULL
            WHERE tenant_id = @tenantId AND id = @Id AND status = 'running' AND claimed_by = @worker
            """, new { import.Id, worker = instance.Id, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Gives it back at once: this process ends, and another shall not wait for the lease.</summary>
    public Task ReleaseAsync(ImportToWork import, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(import);
        return database.ExecuteAsync(import.TenantId, """
            UPDATE lead_imports SET status = 'queued', claimed_by = NULL, lease_until = NULL
            WHERE tenant_id = @tenantId AND id = @Id AND status = 'running' AND claimed_by = @worker
            """, new { import.Id, worker = instance.Id }, cancel);
    }

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required Guid LocationId { get; init; }
        public required string Status { get; init; }
        public required bool DryRun { get; init; }
        public required bool Greet { get; init; }
        public required string FileName { get; init; }
        public required int Total { get; init; }
        public required Guid CreatedBy { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? FinishedAt { get; init; }
        public required long Waiting { get; init; }
        public required long Created { get; init; }
        public required long Joined { get; init; }
        public required long Unchanged { get; init; }
        public required long Rejected { get; init; }

        public LeadImportView Show() => new()
        {
            Id = Id, LocationId = LocationId, Status = Status, DryRun = DryRun, Greet = Greet, FileName = FileName, Total = Total, CreatedBy = CreatedBy,
            CreatedAt = CreatedAt, FinishedAt = FinishedAt, Counts = new ImportCounts(Waiting, Created, Joined, Unchanged, Rejected),
        };
    }
}
