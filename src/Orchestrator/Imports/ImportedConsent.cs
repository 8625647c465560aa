using System.Text.RegularExpressions;

namespace LeadOrchestrator.Orchestrator.Imports;

/// <summary>What a file says of a consent. Evidence is the wording that somebody agreed to; a word in a column is none, and a doubt is a no. Pure.</summary>
public static partial class ImportedConsent
{
    // "Text me" is a wording, "Verbal" is none.
    private const int FewestWords = 3;
    private const int LongestAnswer = 40;

    /// <summary>The wording; null when there is no evidence.</summary>
    /// <param name="answer">Of a column that is called Consent: an answer in some, the wording in others.</param>
    /// <param name="wording">Of a column that is called Consent Wording.</param>
    public static string? Read(string? answer, string? wording) => (answer, wording) switch
    {
        (null, { } words) => IsRefusal(words) ? null : words,
        ({ } said, { } words) => IsRefusal(words) || !(ImportedRow.IsYes(said) || IsSentence(said)) ? null : words,
        ({ } said, null) => IsSentence(said) ? said : null,
        _ => null,
    };

    /// <summary>Why what the file says is no evidence; null when it is, and when it says nothing.</summary>
    public static string? NoteOf(string? answer, string? wording) => (answer ?? wording) is { } said && !ImportedRow.IsNo(said) && Read(answer, wording) is null
        ? "What the file says of a consent is no wording that somebody agreed to, so it counts as none. Put the wording into a column called Consent Wording."
        : null;

    private static bool IsSentence(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length >= FewestWords && !Negation().IsMatch(text);

    // The usual wordings say "not a condition of purchase" and "reply STOP" themselves; an answer in the place of a wording is short.
    private static bool IsRefusal(string text) => ImportedRow.IsNo(text) || (text.Length <= LongestAnswer && Negation().IsMatch(text));

    [GeneratedRegex(
        @"\b(no|not|non|never|none|nobody|without|declined?|declines|refused?|refuses|revoked?|denied|denies|withdrawn?|withdrew|rejected|removed|expired|missing|pending|unknown|unsure|unclear|unsubscribed?|stop(ped)?|opt(ed|s)?[ -]?out|n/?a|null|dnc|\w+n['\u2019]t|(do|did|does|wo|ca|is|was)nt|cannot)\b|\?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Negation();
}
