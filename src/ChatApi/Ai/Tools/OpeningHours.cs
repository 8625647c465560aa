using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace LeadOrchestrator.ChatApi.Ai.Tools;

/// <summary>When this conversation's shop is open: the next week, or the week of a date.</summary>
internal sealed class OpeningHours() : ChatTool(
    "opening_hours", "When this shop is open: seven days from today, or from a date.",
    """{"type":"object","properties":{"date":{"type":"string","description":"First day, as YYYY-MM-DD. Without it: today."}},"additionalProperties":false}""")
{
    private const int Days = 7;
    private const int Furthest = 400;

    /// <inheritdoc />
    public override Task<ToolResult> RunAsync(ToolTurn turn, IReadOnlyDictionary<string, object?> input, CancellationToken cancel)
    {
        var hours = turn.Start.Hours;
        var today = hours.Local(turn.Now).Date;
        var first = today;
        if (TextOf(input, "date") is { } said)
        {
            var parsed = LocalDatePattern.Iso.Parse(said);
            if (!parsed.Success || parsed.Value < today || parsed.Value > today.PlusDays(Furthest))
            {
                return Task.FromResult(ToolResult.Refused("Give date as YYYY-MM-DD, from today on and within a year."));
            }

            first = parsed.Value;
        }

        return Task.FromResult(ToolResult.Of(new
        {
            Now = PromptHours.OpenNow(hours, turn.Now),
            Days = Enumerable.Range(0, Days).Select(ahead => first.PlusDays(ahead)).Select(date => new { Day = PromptHours.DateOf(date), Open = PromptHours.SpansOn(hours, date) }).ToList(),
        }));
    }
}
