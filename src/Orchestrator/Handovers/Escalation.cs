using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.Handovers;

/// <summary>When staff are told that somebody waits for a person, and in which words. Pure.</summary>
public static class Escalation
{
    private const int LongestWish = 80;
    private const int LongestName = 30;
    private const int LongestVehicle = 60;
    private static readonly TimeSpan[] Distances =
        [TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2)];

    /// <summary>How long after so many alerts the next one comes: 2, 5, 15, 30 minutes, an hour, then every two.</summary>
    public static TimeSpan After(int alerts) => Distances[Math.Clamp(alerts - 1, 0, Distances.Length - 1)];

    /// <summary>When staff may be told: now while the shop is open, else when it opens. Without known hours nobody is woken.</summary>
    public static DateTimeOffset From(LocationHours hours, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(hours);
        return hours.OfStaff(now).NextOpening(now) ?? now;
    }

    /// <summary>The text to a member of staff. It is plain, and has no link that opens the customer's chat.</summary>
    public static string Text(DueHandover handover, string publicUrl, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(handover);
        var waits = (int)(now - handover.WantedAt).TotalMinutes;
        var wish = TypedWords.Read(handover.Wish, LongestWish, "-'&,#$%?!()", keepsStops: true);
        return $"{handover.LocationName}: {Name(handover)} wants a person in the chat{(waits > 0 ? $", for {waits} min" : "")}: {wish}. Take it: {publicUrl}/console";
    }

    /// <summary>The same as an email.</summary>
    public static EmailWords Email(DueHandover handover, string publicUrl, DateTimeOffset now)
    {
        var text = Text(handover, publicUrl, now);
        return new EmailWords($"{Name(handover)} wants a person in the chat", text, $"<p>{System.Net.WebUtility.HtmlEncode(text)}</p>");
    }

    // A customer's words bring no link into a text that comes from the shop's own number: staff are used to tapping on these.
    private static string Name(DueHandover handover)
    {
        var (name, vehicle) = (TypedWords.Read(handover.FirstName, LongestName, "-'&,"), TypedWords.Read(handover.Vehicle, LongestVehicle, "-'&,"));
        return string.Join(", ", new[] { name.Length > 0 ? name : "A customer", vehicle }.Where(part => part.Length > 0));
    }
}
