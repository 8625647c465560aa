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

    /// <summary>Does the customer write Spanish?</summary>
    public static bool IsSpanish(IReadOnlyList<ChatMessage> history) =>
        history.LastOrDefault(message => message.Role == MessageRoles.Customer)?.Content is { } said && (Letters().IsMatch(said) || Words().Count(said) >= 2);

    [GeneratedRegex("[¿¡ñÑ]")]
    private static partial Regex Letters();

    [GeneratedRegex(@"(?i)\b(?:hola|cuánto|cuanto|cuesta|precio|gracias|por\s+favor|para|mi|carro|coche|auto|quiero|puedo|tienen|abren|abierto|cuándo|cuando|dónde|donde|es|el|la|los|las|que|qué|cita|una|un|de|está|buenos|buenas|días|tardes|polarizado|vidrios|gratis|mañana)\b")]
    private static partial Regex Words();
}
