using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Consent;

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
        // Phones write "buenos dias" as often as "buenos días".
        var plain = WithoutAccents(text);
        var english = EnglishWords().Count(plain);
        var onlyEnglish = english - BothWords().Count(plain);
        var clear = SpanishWords().Count(plain) + (text.Contains('ñ', StringComparison.OrdinalIgnoreCase) ? 1 : 0);
        // "Auto tint in El Paso", "I am Juan de la Cruz", "La Quinta": places, names and cars have Spanish words, and those alone are not Spanish.
        var spanish = clear == 0 ? 0 : clear + NameWords().Count(plain);
        return Marks().IsMatch(text) || (spanish >= 2 && spanish > onlyEnglish) || (onlyEnglish == 0 && TellingWords().IsMatch(plain)) ? Spanish : english >= 2 ? English : null;
    }

    // An accent may also come as a mark behind its letter.
    private static string WithoutAccents(string text) =>
        string.Concat(text.ToLowerInvariant().Where(letter => letter is not (>= '\u0300' and <= '\u036F')).Select(PlainWords.WithoutAccent));

    [GeneratedRegex(@"\b(?:the|a|an|is|are|do|does|you|your|i|my|how|much|what|when|where|can|could|for|to|of|and|it|please|thanks|thank|want|need|with|on|in|at|have|there)\b")]
    private static partial Regex EnglishWords();

    // English and Spanish
    [GeneratedRegex(@"\ba\b")]
    private static partial Regex BothWords();

    [GeneratedRegex("[¿¡]")]
    private static partial Regex Marks();

    // One of them tells, where no English stands beside it: "Hola", "Necesito un asesor".
    [GeneratedRegex(
        @"\b(?:hola|gracias|cuanto|cuesta|precio|quiero|necesito|quisiera|hablar|cita|buenas|interesa|asesor|equivocad[oa]|numero(?!\s+uno)|mensajes|manden|envien|escriban|molesten|basta"
        + @"|llam[ea]n?me|llamar(?:me|nos)|marqu?[ea]n?me|persona|humano|representante|agente|operadora?|encargad[oa]|gerente|vendedora?|servicio|comun[i]\w+(?:me|nos)|pas[ea]n?me|puedes?|pueden|podria[ns]?|alguien|donde|cuando|tienen|hacen|abren|cierran|aceptan|polarizado|polarizar|garantia|todavia|ocupo|manana)\b")]
    private static partial Regex TellingWords();

    // In names of people, places and cars, too, or English as well.
    [GeneratedRegex(@"\b(?:el|la|los|las|lo|le|de|del|es|mi|un|auto|hay|si|se)\b")]
    private static partial Regex NameWords();

    [GeneratedRegex(
        @"\b(?:hola|cuanto|cuesta|precio|gracias|por\s+favor|para|carro|coche|troca|camioneta|quiero|puedo|puede|pueden|tienen|tiene|abren|abierto|cierran|aceptan|hacen|hacer|cuando|donde|que|cita|una|estan?|bien|buenos|buenas"
        + @"|dias|tardes|noches|polarizado|polarizar|vidrios|gratis|manana|hoy|hora|hablar|garantia|lugar|espacio|todavia|tarjetas?|credito|efectivo|ocupo|necesito|llam[ea]me)\b")]
    private static partial Regex SpanishWords();
}
