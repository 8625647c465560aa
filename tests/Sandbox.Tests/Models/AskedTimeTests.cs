using LeadOrchestrator.Sandbox.Models;

namespace LeadOrchestrator.Sandbox.Tests.Models;

/// <summary>The scripted model knows which day and time a customer names.</summary>
public sealed class AskedTimeTests
{
    private static readonly DateOnly Monday = new(2026, 11, 23);

    [Theory]
    [InlineData("Can I book Tuesday at 10?", "2026-11-24", "10:00")]
    [InlineData("tomorrow 2pm works", "2026-11-24", "14:00")]
    [InlineData("Tomorrow at 8:30 a.m. please", "2026-11-24", "08:30")]
    [InlineData("next Monday at nine", "2026-11-30", "09:00")]
    [InlineData("Dec 15th at noon", "2026-12-15", "12:00")]
    [InlineData("January 4", "2027-01-04", null)]
    [InlineData("today at 3", "2026-11-23", "15:00")]
    [InlineData("How about 13:30?", null, "13:30")]
    [InlineData("mañana a las 8", "2026-11-24", "08:00")]
    [InlineData("el miércoles a la una", "2026-11-25", "13:00")]
    [InlineData("el 24 de diciembre a las tres de la tarde", "2026-12-24", "15:00")]
    [InlineData("a las nueve de la mañana", null, "09:00")]
    [InlineData("My 2021 Civic has two front windows", null, null)]
    [InlineData("How much are 4 windows?", null, null)]
    public void A_day_and_a_time_are_read_from_what_is_said(string text, string? day, string? time)
    {
        var asked = AskedTime.Read(text, Monday);

        (asked.Day?.ToString("yyyy-MM-dd", null), asked.Time?.ToString("HH:mm", null)).ShouldBe((day, time));
    }
}
