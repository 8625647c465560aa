using LeadOrchestrator.Orchestrator.Messaging.Rules;
using NodaTime;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>How often one person is texted, by all shops of a franchise together. Pure.</summary>
public static class Frequency
{
    /// <summary>Texts further back than this are not looked at; no cap reaches so far.</summary>
    public static readonly TimeSpan LongestMemory = TimeSpan.FromDays(31);

    /// <summary>When the next text fits under all caps; null = now.</summary>
    /// <param name="texted">When texts to this number were handed to the carrier, in any order. One whose time lies ahead counts too.</param>
    /// <remarks>The carrier may hold a text for as long as its validity, so each one counts for so much longer: it may have arrived that late.</remarks>
    public static Instant? FitsAt(IReadOnlyList<DateTimeOffset> texted, IEnumerable<FrequencyCap> caps, Instant now)
    {
        ArgumentNullException.ThrowIfNull(texted);
        ArgumentNullException.ThrowIfNull(caps);
        if (texted.Count == 0)
        {
            return null;
        }

        var newestFirst = texted.Select(Instant.FromDateTimeOffset).OrderDescending().ToList();
        var held = Duration.FromTimeSpan(Gate.LongestValidity);
        Instant? fits = null;
        foreach (var cap in caps)
        {
            // It is this one that must have left the stretch before another may come.
            if (newestFirst.Count >= cap.Texts && newestFirst[cap.Texts - 1] + cap.Per + held is var left && left > now && (fits is null || left > fits))
            {
                fits = left;
            }
        }

        return fits;
    }
}
