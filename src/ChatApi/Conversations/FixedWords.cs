using System.Globalization;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;
using NodaTime;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>What we say ourselves where no model may, in the customer's language.</summary>
internal static class FixedWords
{
    /// <summary>The guard has stopped an answer twice.</summary>
    public static string ShopConfirms(IReadOnlyList<ChatMessage> history, string? phone) => IsSpanish(history)
        ? "Prefiero no adivinar: permítame que el taller se lo confirme." + (phone is null ? "" : $" También puede llamar al {phone}.")
        : "I would rather not guess here: let me have the shop confirm that for you." + (phone is null ? "" : $" You can also call {phone}.");

    /// <summary>No model can answer: the vendors are down, or the budget is used up. Staff find the question among their review items.</summary>
    public static string NotNow(IReadOnlyList<ChatMessage> history, string? phone) => IsSpanish(history)
        ? "Disculpe, ahora mismo no puedo contestar. El taller tiene su mensaje." + (phone is null ? "" : $" También puede llamar al {phone}.")
        : "Sorry, I cannot answer right now. The shop has your message." + (phone is null ? "" : $" You can also call {phone}.");

    /// <summary>A person of the shop answers from now on; when it is closed, from its next opening on. Where nobody knows the hours, nothing is promised for the night.</summary>
    public static string HandedOver(bool isSpanish, LocationHours hours, DateTimeOffset now)
    {
        if (hours.OfStaff(now).IsOpen(now) == true)
        {
            return isSpanish ? "Desde ahora le contesta una persona del taller." : "A person of the shop answers from now on.";
        }

        if (hours.IsOpen(now) is null)
        {
            return isSpanish ? "Una persona del taller le contestará en cuanto haya alguien." : "A person of the shop answers as soon as somebody is there.";
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
    private static string SpanishTime(LocalDateTime time) => $"{SpanishDay(time.Date)} a las {time.ToString("H:mm", CultureInfo.InvariantCulture)}";

    private static string SpanishDay(LocalDate day) => $"{Weekdays[(int)day.DayOfWeek - 1]} {day.Day} de {Months[day.Month - 1]}";

    private static readonly string[] Weekdays = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];

    private static readonly string[] Months =
        ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];

    /// <summary>Nothing is sent any more: said in the chat, since nobody texts it.</summary>
    /// <param name="hasNumber">Do we know a number of theirs, from which they could say START?</param>
    public static string OptedOut(bool isSpanish, bool hasNumber) => (isSpanish, hasNumber) switch
    {
        (true, true) => "Ya no le enviaremos mensajes de texto ni correos. Este chat sigue abierto. Para volver a recibirlos, envíe START a nuestro número.",
        (true, false) => "Ya no le escribiremos. Este chat sigue abierto.",
        (false, true) => "We will not text or email you any more. This chat stays open. To get texts again, text START to our number.",
        (false, false) => "We will not write to you any more. This chat stays open.",
    };

    /// <summary>A stranger has the number, and the link that went to it.</summary>
    public static string WrongNumber(bool isSpanish) => isSpanish
        ? "Gracias por avisarnos. Ya no enviaremos mensajes a este número, y este enlace ya no abre la conversación."
        : "Thank you for telling us. We will not text this number any more, and this link no longer opens the conversation.";

    /// <summary>Does the customer write Spanish? The newest message that tells decides.</summary>
    public static bool IsSpanish(IReadOnlyList<ChatMessage> history) =>
        history.Where(message => message.Role == MessageRoles.Customer).Reverse().Select(message => Languages.Of(message.Content)).FirstOrDefault(language => language is not null) == Languages.Spanish;

    /// <summary>The customer wants a rest: nothing that was planned to win them is sent before a day.</summary>
    public static string Paused(bool isSpanish, LocalDate until) => isSpanish
        ? $"No le escribiremos antes del {SpanishDay(until)}. Lo que se refiere a una cita suya le llegará de todos modos. Este chat sigue abierto."
        : $"We will not write to you before {until.ToString("dddd, MMMM d", CultureInfo.InvariantCulture)}. What concerns an appointment of yours still comes. This chat stays open.";
}
