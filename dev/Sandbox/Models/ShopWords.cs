using System.Globalization;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Sandbox.Models;

/// <summary>What the shop assistant says, in one language.</summary>
internal sealed partial record ShopWords
{
    public required CultureInfo Culture { get; init; }
    public required string Hi { get; init; }
    public required string Us { get; init; }
    public required string Bot { get; init; }
    public required string Prices { get; init; }
    public required string PricesFor { get; init; }
    public required string NoPrices { get; init; }
    public required string NotFree { get; init; }
    public required string Hours { get; init; }
    public required string NoHours { get; init; }
    public required string Address { get; init; }
    public required string NoAddress { get; init; }
    public required string CannotBook { get; init; }
    public required string WhichDay { get; init; }
    public required string Person { get; init; }
    public required string Call { get; init; }
    public required string LeaveAMessage { get; init; }
    public required string Film { get; init; }
    public required string Duration { get; init; }
    public required string Warranty { get; init; }
    public required string Law { get; init; }
    public required string Welcome { get; init; }
    public required string[] Otherwise { get; init; }
    public required string[] Closings { get; init; }

    public required string Free { get; init; }
    public required string WhichToHold { get; init; }
    public required string WhichToMoveTo { get; init; }
    public required string NotThatTime { get; init; }
    public required string NothingThatDay { get; init; }
    public required string ClosedThatDay { get; init; }
    public required string DayPattern { get; init; }
    public required string NothingFree { get; init; }
    public required string Holding { get; init; }
    public required string HoldingMove { get; init; }
    public required string NoAppointment { get; init; }
    public required string HowToCancel { get; init; }
    public required string Booked { get; init; }
    public required string TimePattern { get; init; }

    // The Sandbox runs without the system's cultures.
    private static readonly string[] SpanishDays = ["domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"];
    private static readonly string[] SpanishMonths = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre", ""];

    public static ShopWords English { get; } = new()
    {
        Culture = CultureInfo.InvariantCulture,
        Hi = "Hi",
        Us = "us",
        Bot = "I am an assistant, a computer program that answers for {0}, not a person.",
        Prices = "Here is what we have:",
        PricesFor = "Here is what we have for your {0}:",
        NoPrices = "I do not have a price list in front of me, and I would rather not guess.",
        NotFree = "No, that is not free.",
        Hours = "Our hours are:",
        NoHours = "I do not have the opening hours in front of me.",
        Address = "You find us at {0}.",
        NoAddress = "I do not have the address in front of me.",
        CannotBook = "I cannot book a time myself, but the shop gladly does it with you.",
        WhichDay = "I would be glad to help you find a time. Which days suit you best, and would the morning or the afternoon be easier?",
        Person = "Of course, a person can help you.",
        Call = " You can reach a person at {0}; they are happy to help.",
        LeaveAMessage = " If you leave a message here, a person from the shop will get back to you.",
        Film = "Carbon film looks rich and keeps its color for years, while ceramic film blocks much more heat at the same shade, which most people feel on the first hot day.",
        Duration = "Most cars are finished on the same day. The film then needs a few days to dry, so please leave the windows up until it has.",
        Warranty = "The film is covered against bubbling, peeling and fading; the shop hands you the terms in writing when you pick up your car.",
        Law = "How dark the front windows may be is set by your state. The shop measures the glass first and will not install what is not legal.",
        Welcome = "You are very welcome!",
        Otherwise =
        [
            "Thanks for writing to {0}! I can tell you about our services and prices, our opening hours, and how to get here.",
            "Good to hear from you! Ask me about prices, about carbon or ceramic film, or about how long it takes.",
            "I want to be sure that I understand you right. Are you asking about a price, a time to come in, or which film would suit your car?",
        ],
        Closings =
        [
            "Is there anything else that you would like to know before you decide? I am here for as long as you need me.",
            "Tell me what bothers you most in the car, heat, glare or being seen, and I can be more exact about what would help.",
            "Take your time with it, and write to me here whenever you are ready. This chat stays open for you.",
        ],
        Free = "These times are free: {0}.",
        WhichToHold = " Which one shall I hold for you?",
        WhichToMoveTo = " Which one shall I hold instead of your appointment?",
        NotThatTime = "That time is not free. These are: {0}.",
        NothingThatDay = "There is no free time on that day. These times are free: {0}.",
        ClosedThatDay = "We are closed on {1}. These times are free: {0}.",
        NothingFree = "I do not see a free time in the next seven days. The team at the shop can tell you more.",
        Holding = "I am holding {0} for {1} at {2}. It is not booked yet: please tap Confirm on the card below, and it is yours.",
        HoldingMove = "I am holding {0} for {1}. Your appointment stays where it is until you tap Confirm on the card below.",
        NoAppointment = "I do not see an appointment of yours here.",
        HowToCancel = "To cancel {0} on {1}, please tap Cancel on its card below. Until you do, it stands.",
        Booked = "This is what I see: {0}.",
        TimePattern = "dddd, MMM d 'at' h:mm tt",
        DayPattern = "dddd, MMM d",
    };

    public static ShopWords Spanish { get; } = new()
    {
        Culture = new CultureInfo("") { DateTimeFormat = { DayNames = SpanishDays, MonthNames = SpanishMonths, MonthGenitiveNames = SpanishMonths } },
        Hi = "Hola",
        Us = "nosotros",
        Bot = "Soy un asistente, un programa que contesta por {0}, no soy humano.",
        Prices = "Esto es lo que tenemos:",
        PricesFor = "Esto es lo que tenemos para su {0}:",
        NoPrices = "No tengo a la vista una lista de precios, y prefiero no adivinar.",
        NotFree = "No, eso tiene un precio.",
        Hours = "Nuestro horario es:",
        NoHours = "No tengo a la vista el horario.",
        Address = "Nos encuentra en {0}.",
        NoAddress = "No tengo a la vista la dirección.",
        CannotBook = "Yo no puedo reservar, pero el taller lo hace con gusto.",
        WhichDay = "Con gusto le ayudo a encontrar una hora. ¿Qué días le convienen, y prefiere la mañana o la tarde?",
        Person = "Claro, una persona le puede ayudar.",
        Call = " Puede hablar con una persona en el {0}.",
        LeaveAMessage = " Si deja aquí un mensaje, una persona del taller lo lee.",
        Film = "La película de carbono se ve elegante y conserva su color por años; la cerámica detiene mucho más calor con el mismo tono.",
        Duration = "La mayoría de los autos quedan el mismo día. Después la película necesita unos días para secar; por favor deje los vidrios arriba.",
        Warranty = "La película está cubierta contra burbujas y decoloración; el taller le da los términos por escrito.",
        Law = "Qué tan oscuros pueden ser los vidrios de adelante lo decide su estado. El taller mide el vidrio primero y no instala lo que no es legal.",
        Welcome = "¡Con mucho gusto!",
        Otherwise =
        [
            "¡Gracias por escribir a {0}! Le puedo decir nuestros servicios y precios, nuestro horario y cómo llegar.",
            "¡Qué gusto leerle! Pregunte por los precios, por la película de carbono o la cerámica, o por cuánto tarda.",
            "Quiero entenderle bien. ¿Pregunta por un precio, por una hora para venir, o por la película que le conviene?",
        ],
        Closings =
        [
            "¿Hay algo más que quiera saber antes de decidir? Aquí estoy el tiempo que necesite.",
            "Dígame qué le molesta más en el auto, el calor, el brillo o que se vea adentro, y le digo mejor qué le ayudaría.",
            "Tómese su tiempo y escríbame aquí cuando quiera. Este chat queda abierto para usted.",
        ],
        Free = "Estas horas están libres: {0}.",
        WhichToHold = " ¿Cuál le aparto?",
        WhichToMoveTo = " ¿Cuál le aparto en lugar de su cita?",
        NotThatTime = "Esa hora no está libre. Estas sí: {0}.",
        NothingThatDay = "Ese día no hay una hora libre. Estas horas están libres: {0}.",
        ClosedThatDay = "El {1} está cerrado. Estas horas están libres: {0}.",
        NothingFree = "No veo una hora libre en los próximos siete días. El equipo del taller le puede decir más.",
        Holding = "Le aparto {0} para {1} por {2}. Todavía no está reservado: toque Confirmar en la tarjeta de abajo, y es suyo.",
        HoldingMove = "Le aparto {0} para {1}. Su cita queda donde está hasta que toque Confirmar en la tarjeta de abajo.",
        NoAppointment = "No veo aquí ninguna cita suya.",
        HowToCancel = "Para cancelar {0}, {1}, toque Cancelar en su tarjeta de abajo. Mientras no lo haga, la cita sigue en pie.",
        Booked = "Esto es lo que veo: {0}.",
        TimePattern = "dddd d 'de' MMMM 'a las' H:mm",
        DayPattern = "dddd d 'de' MMMM",
        Translated = new Dictionary<string, string>
        {
            ["Monday"] = "lunes", ["Tuesday"] = "martes", ["Wednesday"] = "miércoles", ["Thursday"] = "jueves", ["Friday"] = "viernes", ["Saturday"] = "sábado", ["Sunday"] = "domingo",
            ["Jan"] = "ene", ["Apr"] = "abr", ["Aug"] = "ago", ["Dec"] = "dic", ["closed"] = "cerrado", ["usually"] = "normalmente", ["about"] = "unas", ["valid until"] = "válido hasta",
        },
    };

    /// <summary>A line of the prompt, with the days, the months and the durations that it names in this language.</summary>
    public string Translate(string line) => Translated.Count == 0 ? line : PromptWord().Replace(line, word => Translated.GetValueOrDefault(word.Value, word.Value));

    private Dictionary<string, string> Translated { get; init; } = [];

    /// <summary>The language of the last thing that the customer said in one that is known; English when there is none.</summary>
    public static ShopWords Of(ModelCall call) =>
        call.Turns.Where(turn => turn.Role == "user" && turn.Text.Length > 0).Reverse().Select(turn => LanguageOf(turn.Text)).FirstOrDefault(words => words is not null) ?? English;

    private static ShopWords? LanguageOf(string text) =>
        (IsEnglish().Count(text), IsSpanish().Count(text)) switch { (0, 0) => null, var (english, spanish) => spanish > 2 * english ? Spanish : English };

    // What the shop wrote in brackets stays as it is.
    [GeneratedRegex(@"\([A-Z][^)]*\)|\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Apr|Aug|Dec|closed|usually|about|valid until)\b")]
    private static partial Regex PromptWord();

    [GeneratedRegex(@"(?i)[¿¡ñ]|\b(hola|buen[ao]s|cu[áa]nto|cu[áa]l|qu[ée]|precio|cuesta|vale|gracias|cita|quiero|necesito|puede|para|por|favor|d[óo]nde|horario|abren|abiertos?|cierran|gratis|s[íi]|mi|su|una?|el|los?|las?|del?|hay|ma[ñn]ana|martes|mi[ée]rcoles|jueves|viernes|s[áa]bados?|domingos?|lunes|eres|soy|ayuda|ya|mensajes?|manden|c[óo]mo|ustedes)\b")]
    private static partial Regex IsSpanish();

    [GeneratedRegex(@"(?i)\b(the|is|are|how|much|what|when|where|which|you|your|my|i|please|for|and|to|of|in|at|it|do|does|can|could|would|thanks?|hello|hi|yes|free|open|book|price|appointment|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today|sorry|english)\b")]
    private static partial Regex IsEnglish();
}
