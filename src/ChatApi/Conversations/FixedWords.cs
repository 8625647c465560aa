using System.Globalization;
using System.Text.RegularExpressions;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;
using NodaTime;

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

    /// <summary>A person of the shop answers from now on; when it is closed, from its next opening on.</summary>
    public static string HandedOver(bool isSpanish, LocationHours hours, DateTimeOffset now)
    {
        if (hours.IsOpen(now) != false)
        {
            return isSpanish ? "Desde ahora le contesta una persona del taller." : "A person of the shop answers from now on.";
        }

        return (isSpanish, hours.NextOpening(now)) switch
        {
            (true, { } opening) => $"El taller está cerrado ahora. Una persona le contestará cuando abra: {SpanishTime(hours.Local(opening))}.",
            (true, null) => "El taller está cerrado ahora. Una persona le contestará cuando abra.",
            (false, { } opening) => $"The shop is closed now. A person answers when it opens: {hours.Local(opening).ToString("dddd, MMMM d, 'at' h:mm tt", CultureInfo.InvariantCulture)}.",
            (false, null) => "The shop is closed now. A person answers when it opens.",
        };
    }

    // By ourselves: an installation without ICU knows no Spanish.
    private static string SpanishTime(LocalDateTime time) =>
        $"{Weekdays[(int)time.DayOfWeek - 1]} {time.Day} de {Months[time.Month - 1]} a las {time.ToString("H:mm", CultureInfo.InvariantCulture)}";

    private static readonly string[] Weekdays = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];

    private static readonly string[] Months =
        ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];

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
