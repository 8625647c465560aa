namespace LeadOrchestrator.Bench.Bed;

/// <summary>The server process of PostgreSQL on this machine.</summary>
internal static class Postmaster
{
    /// <summary>Its process id.</summary>
    public static Task<int> FindAsync(Databases databases, CancellationToken cancel) =>
        Databases.ValueAsync<int>(databases.Product, "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::integer", cancel);
}
