using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Configuration;

namespace LeadOrchestrator.Shared.Tests.Hosting;

/// <summary><c>DATA_ENCRYPTION_KEY</c>: one key or two, each of 32 bytes, or a start that says so.</summary>
public sealed class DataKeysTests
{
    private static readonly string First = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());
    private static readonly string Second = Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray());

    [Fact]
    public void Unset_there_is_none() => Read(null).DataKeys.ShouldBeEmpty();

    [Fact]
    public void The_first_is_the_current_one()
    {
        Read(First).DataKeys.Select(key => key[0]).ShouldBe([1]);
        Read($"{Second}, {First}").DataKeys.Select(key => key[0]).ShouldBe([2, 1]);
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("{0},")]
    [InlineData(",{0}")]
    [InlineData("{0},hunter2")]
    [InlineData("{0},{1},{0}")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Anything_else_stops_the_start_and_names_the_variable_and_no_key(string text)
    {
        var variables = Variables(text.Replace("{0}", First, StringComparison.Ordinal).Replace("{1}", Second, StringComparison.Ordinal));
        PlatformSettings.Read(variables);

        var problem = Should.Throw<SettingsException>(variables.ThrowIfAnyProblem).Problems.ShouldHaveSingleItem();

        problem.ShouldStartWith("DATA_ENCRYPTION_KEY ");
        problem.ShouldNotContain("hunter2");
        problem.ShouldNotContain(First);
    }

    private static PlatformSettings Read(string? keys) => PlatformSettings.Read(Variables(keys));

    private static Variables Variables(string? keys) => new(new ConfigurationBuilder().AddInMemoryCollection(
        new Dictionary<string, string?> { ["DATABASE_URL"] = "postgresql://localhost/lead", ["DATA_ENCRYPTION_KEY"] = keys }).Build());
}
