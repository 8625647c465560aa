using LeadOrchestrator.Launcher.Demo;

namespace LeadOrchestrator.Launcher.Tests.Demo;

public sealed class LogLineTests
{
    [Theory]
    [InlineData("""{"level":"info","msg":"Sent touch point 1"}""", null)]
    [InlineData("""{"level":"warn","msg":"Twilio is slow"}""", "warn: Twilio is slow")]
    [InlineData("""{"level":"error","msg":"Round failed","error":"System.Exception"}""", "error: Round failed")]
    [InlineData("Unhandled exception. System.Exception: no", "Unhandled exception. System.Exception: no")]
    [InlineData("The Sandbox is at http://localhost:3002/", null)]
    [InlineData("  ", null)]
    [InlineData("42", null)]
    public void Only_what_a_person_should_see_is_shown(string line, string? shown) => LogLine.Important(line).ShouldBe(shown);
}
