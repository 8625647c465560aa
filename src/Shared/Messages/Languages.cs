using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>The languages that we say things in ourselves. A conversation keeps the one that its customer wrote last.</summary>
public static partial class Languages
{
    /// <summary>English: also while nobody knows.</summary>
    public const string English = "en";

    /// <summary>Spanish.</summary>
    public const string Spanish = "es";

    /// <summary>The language of somebody's words; null = they do not tell: an "ok" or a number is of no language.</summary>
    public static string? Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var english = EnglishWords().Count(text);
        var onlyEnglish = english - BothWords().Count(text);
        var spanish = SpanishWords().Count(text) + (text.Contains('ñ', StringComparison.OrdinalIgnoreCase) ? 1 : 0);
        // "Auto tint in El Paso", "I am Juan de la Cruz": places, names and cars have Spanish words.
        return Marks().IsMatch(text) || (spanish >= 2 && spanish > onlyEnglish) || (onlyEnglish == 0 && TellingWords().IsMatch(text)) ? Spanish : english >= 2 ? English : null;
    }

    [GeneratedRegex(@"(?i)\b(?:the|a|an|is|are|do|does|you|your|i|my|how|much|what|when|where|can|could|for|to|of|and|it|please|thanks|thank|want|need|with|on|in|at|have)\b")]
    private static partial Regex EnglishWords();

    // English and Spanish
    [GeneratedRegex(@"(?i)\ba\b")]
    private static partial Regex BothWords();

    [GeneratedRegex("[¿¡]")]
    private static partial Regex Marks();

    // One of them tells, where no English stands beside it: "Hola", "Necesito un asesor".
    [GeneratedRegex(@"(?i)\b(?:hola|gracias|cuánto|cuanto|cuesta|precio|quiero|necesito|quisiera|hablar|cita|buenas|interesa|asesor)\b")]
    private static partial Regex TellingWords();

    [GeneratedRegex(@"(?i)\b(?:hola|cuánto|cuanto|cuesta|precio|gracias|por\s+favor|para|mi|carro|coche|auto|quiero|puedo|tienen|abren|abierto|cuándo|cuando|dónde|donde|es|el|la|los|las|que|qué|cita|una|un|de|está|buenos|buenas|días|tardes|polarizado|vidrios|gratis|mañana|hablar)\b")]
    private static partial Regex SpanishWords();
}
