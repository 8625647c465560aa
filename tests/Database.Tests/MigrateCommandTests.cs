using System.Diagnostics;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Database.Tests;

/// <summary>The program behind <c>./run migrate</c>.</summary>
public sealed class MigrateCommandTests
{
    [Fact]
    public async Task It_migrates_and_says_what_it_did()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        var first = await RunAsync(database.OwnerConnectionString);
        var second = await RunAsync(database.OwnerConnectionString);

        first.ExitCode.ShouldBe(0, first.Output);
        first.Output.ShouldContain($"The schema is now at version {Migrator.CurrentVersion}.");
        second.ExitCode.ShouldBe(0, second.Output);
        second.Output.Trim().ShouldBe($"The schema is current (version {Migrator.CurrentVersion}).");
    }

    [Theory]
    [InlineData("", "DATABASE_URL is not set")]
    [InlineData("nonsense-hunter2", "not a PostgreSQL address")]
    [InlineData("postgresql://lead:hunter2@127.0.0.1:1/lead", "The migration failed")]
    public async Task What_is_wrong_is_one_sentence_without_the_password(string url, string sentence)
    {
        var (exitCode, output) = await RunAsync(url);

        exitCode.ShouldBe(1);
        output.ShouldContain(sentence);
        output.ShouldNotContain("hunter2");
        output.ShouldNotContain("   at ");
    }

    // Beside its own libraries, as it is deployed; built in the same configuration as this test.
    private static readonly string Program = Path.Combine(
        AppContext.BaseDirectory.Replace(Path.Combine("tests", "Database.Tests"), Path.Combine("src", "Database"), StringComparison.Ordinal), "Database.dll");

    private static async Task<(int ExitCode, string Output)> RunAsync(string url)
    {
        var start = new ProcessStartInfo("dotnet", [Program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DATABASE_URL"] = url },
        };
        using var program = Process.Start(start)!;
        var output = program.StandardOutput.ReadToEndAsync();
        var errors = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        return (program.ExitCode, await output + errors);
    }
}
