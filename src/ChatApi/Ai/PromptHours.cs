using System.Globalization;
using System.Text;
using LeadOrchestrator.Shared.Hours;
using NodaTime;
using NodaTime.Extensions;

namespace LeadOrchestrator.ChatApi.Ai;

/// <summary>What the model is told of a shop's hours: the next seven days by date, and the days after them that differ. Pure.</summary>
internal static class PromptHours
{
    private const int DaysByDate = 7;

    // Who asks about Christmas in October hears it; a whole calendar would only cost tokens.
    private const int DaysAhead = 120;
    private const int MostLater = 12;

    /// <summary>Is the shop open, and if not, when it opens next.</summary>
    public static string OpenNow(LocationHours hours, DateTimeOffset now) => hours.IsOpen(now) switch
    {
        true => "The shop is open now.",
        false when hours.NextOpening(now) is { } opening =>
            $"The shop is closed now. It opens next on {DateOf(hours.Local(opening).Date)} at {hours.Local(opening).ToString("HH:mm", CultureInfo.InvariantCulture)}.",
        false => "The shop is closed now.",
        null => "The shop's opening hours are not known.",
    };

    /// <summary>Lines of the next days' hours.</summary>
    /// <param name="today">The date at the shop.</param>
    public static string Describe(LocationHours hours, LocalDate today)
    {
        if (hours is { Days.Count: 0, Exceptions.Count: 0 })
        {
            return "Opening hours:\n- not known; do not guess them, nor whether the shop is open\n";
        }

        var lines = new StringBuilder("Opening hours of the next seven days. Later weeks are like this one without the exceptions:\n");
        for (var days = 0; days < DaysByDate; days++)
        {
            lines.Append(LineOf(hours, today.PlusDays(days)));
        }

        var later = hours.Exceptions.Select(exception => exception.Date.ToLocalDate()).Distinct().Order()
            .Where(date => date >= today.PlusDays(DaysByDate) && date < today.PlusDays(DaysAhead)).Take(MostLater).ToList();
        if (later.Count > 0)
        {
            lines.Append("Later days that differ:\n").AppendJoin("", later.Select(date => LineOf(hours, date)));
        }

        return lines.ToString();
    }

    /// <summary>A date as people say it: <c>Thursday 26 Nov</c>.</summary>
    public static string DateOf(LocalDate date) => date.ToString("dddd d MMM", CultureInfo.InvariantCulture);

    // "- Thursday 26 Nov: closed (Thanksgiving); usually 08:00–17:00"
    private static string LineOf(LocationHours hours, LocalDate date)
    {
        var exceptions = hours.ExceptionsOn(date.ToDateOnly());
        var line = new StringBuilder($"- {DateOf(date)}: {TextOf(hours.OpenSpansOn(date.ToDateOnly()))}");
        if (exceptions.Count > 0)
        {
            var notes = exceptions.Select(exception => exception.Note).OfType<string>().Distinct().Select(Prompt.Data).ToList();
            line.Append(notes.Count > 0 ? $" ({string.Join(", ", notes)})" : " (an exception)");
            line.Append(hours.Days.Count > 0 ? $"; usually {TextOf((hours with { Exceptions = [] }).OpenSpansOn(date.ToDateOnly()))}" : "");
        }

        return line.Append('\n').ToString();
    }

    /// <summary>The hours of a date: <c>08:00–17:00</c>, <c>closed</c> or <c>not known</c>.</summary>
    public static string SpansOn(LocationHours hours, LocalDate date) => TextOf(hours.OpenSpansOn(date.ToDateOnly()));

    private static string TextOf(IReadOnlyList<OpenSpan>? spans) =>
        spans is null ? "not known" : spans.Count == 0 ? "closed" : string.Join(", ", spans);
}
