using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Database.Tests;

/// <summary>By what a database is known again.</summary>
public sealed class RestoredDumpTests
{
    private const string MayBeSent = "SELECT may_anything_be_sent()";

    [Fact]
    public async Task A_dump_that_is_restored_beside_the_database_that_it_comes_from_is_another_one()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var restored = await TestDatabase.CreateEmptyAsync();
        await ConfirmAsync(database);

        // A dump makes the tables anew, and brings their rows along.
        await Migrator.MigrateAsync(restored.OwnerConnectionString, CancellationToken.None);
        await restored.ExecuteAsync("INSERT INTO database_identity (value, confirmed_at) VALUES ($1, now())", (await IdentityAsync(database))!);

        (await database.ScalarAsync<bool>(MayBeSent)).ShouldBeTrue();
        (await restored.ScalarAsync<bool>(MayBeSent)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("cluster/timeline", true)]
    [InlineData("1/00000001", false)]
    public async Task Who_migrates_the_database_that_was_confirmed_is_not_held_and_who_migrates_another_one_still_is(string confirmed, bool maySend)
    {
        await using var database = await TestDatabase.CreateAsync();
        await ConfirmAsync(database);
        var now = await IdentityAsync(database);
        var before = now.ShouldNotBeNull()[..now.LastIndexOf('/')];
        // As the release before has left it.
        await database.ExecuteAsync($"CREATE OR REPLACE FUNCTION current_database_identity() RETURNS text LANGUAGE sql STABLE RETURN '{before}'::text");
        await database.ExecuteAsync("UPDATE database_identity SET value = $1", confirmed == "cluster/timeline" ? before : confirmed);
        await database.ExecuteAsync("DROP TABLE text_list_marks");
        await database.ExecuteAsync("DELETE FROM schema_migrations WHERE version = 35");

        await Migrator.MigrateAsync(database.OwnerConnectionString, CancellationToken.None);

        (await database.ScalarAsync<bool>(MayBeSent)).ShouldBe(maySend);
        (await database.ScalarAsync<string>("SELECT current_database_identity()")).ShouldBe(now);
    }

    private static Task<int> ConfirmAsync(TestDatabase database) =>
        database.ExecuteAsync("INSERT INTO database_identity (value, confirmed_at) VALUES (current_database_identity(), now()) ON CONFLICT (id) DO UPDATE SET value = excluded.value");

    private static Task<string?> IdentityAsync(TestDatabase database) => database.ScalarAsync<string>("SELECT value FROM database_identity");
}
