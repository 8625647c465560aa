using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>What we say ourselves where no model may, in the customer's language.</summary>
internal static partial class FixedWords
{
    /// <summary>The guard has stopped an answer twice.</summary>
    public static string ShopConfirms(IReadOnlyList<ChatMessage> history, string? phone) => IsSpanish(history)
        ? "Prefiero no adivinar: permítame que el taller se lo confirme." + (phone is null ? "" : $" También puede llamar al {phone}.")
        : "I would rather not guess here: let me have the shop confirm that for you." + (phone is null ? "" : $" You can also call {phone}.");

    /// <summary>No model can answer: the vendors are down, or the budget is used up. Staff find the question among their review items.</summary>
    public static string NotNow(IReadOnlyList<ChatMessage> history, string? phone) => IsSpanish(history)
        ? "Disculpe, ahora mismo no puedo contestar. El taller tiene su mensaje." + (phone is null ? "" : $" También puede llamar al {phone}.")
        : "Sorry, I cannot answer right now. The shop has your message." + (phone is null ? "" : $" You can also call {phone}.");

    /// <summary>No text is sent any more: said in the chat, since nobody texts it.</summary>
    public static string OptedOut(bool isSpanish) => isSpanish
        ? "Ya no le enviaremos mensajes de texto. Este chat sigue abierto. Para volver a recibirlos, envíe START a nuestro número."
        : "We will not text you any more. This chat stays open. To get texts again, text START to our number.";

    /// <summary>Does the customer write Spanish? The newest message that tells decides: an "ok" or a number is of no language.</summary>
    public static bool IsSpanish(IReadOnlyList<ChatMessage> history) => history.Where(message => message.Role == MessageRoles.Customer).Reverse()
        .Select(message => Letters().IsMatch(message.Content) || Words().Count(message.Content) >= 2 ? true : English().Count(message.Content) >= 2 ? false : (bool?)null)
        .FirstOrDefault(isSpanish => isSpanish is not null) ?? false;

    [GeneratedRegex(@"(?i)\b(?:the|a|an|is|are|do|does|you|your|i|my|how|much|what|when|where|can|could|for|to|of|and|it|please|thanks|thank|want|need|with|on|in|at|have)\b")]
    private static partial Regex English();

    [GeneratedRegex("[¿¡ñÑ]")]
    private static partial Regex Letters();

    [GeneratedRegex(@"(?i)\b(?:hola|cuánto|cuanto|cuesta|precio|gracias|por\s+favor|para|mi|carro|coche|auto|quiero|puedo|tienen|abren|abierto|cuándo|cuando|dónde|donde|es|el|la|los|las|que|qué|cita|una|un|de|está|buenos|buenas|días|tardes|polarizado|vidrios|gratis|mañana)\b")]
    private static partial Regex Words();
}
