using Npgsql;

namespace LeadOrchestrator.Testing;

/// <summary>A database as its superuser sees it: all tenants, all tables.</summary>
public abstract class OwnerSql
{
    /// <param name="connectionString">A superuser's.</param>
    protected OwnerSql(string connectionString)
    {
        OwnerConnectionString = connectionString;
        Owner = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>A superuser's connection: sees all tenants, may change the schema.</summary>
    public string OwnerConnectionString { get; }

    /// <summary>Where the queries go.</summary>
    protected NpgsqlDataSource Owner { get; }

    /// <summary>The first value of a query that a superuser asks. Arguments are <c>$1</c>, <c>$2</c>, …; null and SQL's NULL are default.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object?[] args)
    {
        await using var command = Command(sql, args);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() && !await reader.IsDBNullAsync(0) ? await reader.GetFieldValueAsync<T>(0) : default;
    }

    /// <summary>All rows of a query that a superuser asks, as column name → value (null for SQL's NULL).</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> RowsAsync(string sql, params object?[] args)
    {
        await using var command = Command(sql, args);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<IReadOnlyDictionary<string, object?>>();
        while (await reader.ReadAsync())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, column => reader.IsDBNull(column) ? null : reader.GetValue(column)));
        }

        return rows;
    }

    /// <summary>The first column of all rows.</summary>
    public async Task<IReadOnlyList<T>> ColumnAsync<T>(string sql, params object?[] args)
    {
        await using var command = Command(sql, args);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<T>();
        while (await reader.ReadAsync())
        {
            values.Add(await reader.GetFieldValueAsync<T>(0));
        }

        return values;
    }

    /// <summary>Runs a statement, or several without arguments, as superuser. Returns how many rows were changed.</summary>
    public async Task<int> ExecuteAsync(string sql, params object?[] args)
    {
        await using var command = Command(sql, args);
        return await command.ExecuteNonQueryAsync();
    }

    private NpgsqlCommand Command(string sql, object?[] args)
    {
        var command = Owner.CreateCommand(sql);
        foreach (var arg in args)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = arg ?? DBNull.Value });
        }

        return command;
    }
}
