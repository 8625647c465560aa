using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.ChatApi.Ai;

/// <summary>Says on <c>/health</c> which chosen models their vendors switch off within a month.</summary>
internal sealed class RetirementCheck(ChatApiSettings settings, TimeProvider clock) : IOwnChecks
{
    public IEnumerable<Condition> Failing()
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        foreach (var (model, _, _) in settings.Models)
        {
            if (model.RetiresOn is { } day && day <= today.AddDays(ModelLife.DaysAhead))
            {
                yield return new Condition(
                    model.Id, day <= today ? "past_its_end" : "ends_soon", new DateTimeOffset(day.AddDays(-ModelLife.DaysAhead), default, TimeSpan.Zero),
                    $"Its vendor switches it off on {day:yyyy-MM-dd}. Choose another ({(model.Provider == Providers.Claude ? "CLAUDE_MODEL" : "OPENAI_MODEL")}) and restart the Chat APIs.");
            }
        }
    }
}
