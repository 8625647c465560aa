using LeadOrchestrator.Database;
using Npgsql;

if (Environment.GetEnvironmentVariable("DATABASE_URL") is not { Length: > 0 } url)
{
    await Console.Error.WriteLineAsync("DATABASE_URL is not set: give the database to migrate, such as postgresql://owner:password@localhost:5432/lead.");
    return 1;
}

try
{
    var applied = await Migrator.MigrateAsync(DatabaseUrl.Parse(url).ConnectionString, CancellationToken.None, Console.WriteLine);
    Console.WriteLine(applied == 0 ? $"The schema is current (version {Migrator.CurrentVersion})." : $"The schema is now at version {Migrator.CurrentVersion}.");
    return 0;
}
catch (Exception exception) when (exception is FormatException or MigrationException or NpgsqlException)
{
    await Console.Error.WriteLineAsync($"The migration failed: {exception.Message}");
    return 1;
}
