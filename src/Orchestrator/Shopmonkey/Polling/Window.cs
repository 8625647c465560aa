using System.Globalization;

namespace LeadOrchestrator.Orchestrator.Shopmonkey.Polling;

/// <summary>A span of the CRM's time, both ends included, in milliseconds since 1970.</summary>
public readonly record struct Window(long From, long To)
{
    /// <summary>The narrowest that can still be asked for: neighbours share a millisecond, so that nothing falls between them.</summary>
    public const long Smallest = 1;

    /// <summary>In milliseconds.</summary>
    public long Width => To - From;

    /// <summary>Is this instant in it?</summary>
    public bool Contains(long instant) => instant >= From && instant <= To;

    /// <summary>Cuts it in two, at <paramref name="at"/> when that lies inside, else in the middle. The newer half first: a row that is changed moves there.</summary>
    public (Window Newer, Window Older) Split(long? at = null)
    {
        var cut = at is { } wished && wished > From && wished < To ? wished : From + (Width / 2);
        return (new Window(cut, To), new Window(From, cut));
    }

    /// <summary>The filter of a list for it, as JSON.</summary>
    /// <param name="field"><c>createdDate</c> or <c>updatedDate</c>.</param>
    public string Where(string field) => $$$"""{"{{{field}}}":{"gte":"{{{Text(From)}}}","lte":"{{{Text(To)}}}"}}""";

    private static string Text(long instant) =>
        DateTimeOffset.FromUnixTimeMilliseconds(instant).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
