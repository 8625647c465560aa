using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>A value that does not fit (22), a rule of the schema (23), a row or an entry of an index beyond its limits (54): the database is there, and would say the same all day.</summary>
public static class RowFault
{
    /// <summary>Is it one? Everything else passes.</summary>
    public static bool Is(Exception exception) => exception is PostgresException { SqlState: ['2', '2' or '3', ..] or ['5', '4', ..] };
}
