using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Sandbox.Models;

/// <summary>How the shop assistant uses the product's tools of bookings: it looks for free times, holds the one that the customer names, moves and says how to cancel.</summary>
internal sealed partial class BookingTalk
{
    private const int TimesSaid = 4;

    private readonly ModelCall _call;
    private readonly ShopWords _words;
    private readonly PromptFacts _facts;
    private readonly DateOnly _today;
    private readonly AskedTime _asked;
    private readonly List<AskedTime> _offered;
    private readonly bool _moves;
    private readonly bool _picks;

    private BookingTalk(ModelCall call, ShopWords words, PromptFacts facts)
    {
        (_call, _words, _facts, _today) = (call, words, facts, facts.Today ?? DateOnly.FromDateTime(call.At.UtcDateTime));
        var last = call.Turns.LastOrDefault(turn => turn.Role == "assistant" && turn.Text.Length > 0)?.Text ?? "";
        _offered = [.. Offer().Match(last).Groups[1].Value.Split(';').Select(time => AskedTime.Read(time, _today)).Where(time => time is { Day: not null, Time: not null })];
        _asked = Named(call.Question);
        _picks = _offered.Count > 0 && !_asked.IsEmpty;
        _moves = WantsToMove().IsMatch(call.Question) || (_picks && MoveWasOffered().IsMatch(last));
    }

    /// <summary>What it does or says next about an appointment; null when that is not what this turn is about.</summary>
    /// <param name="isAboutIt">The question has words of appointments.</param>
    /// <param name="service">The service that fits best, as the price list has it.</param>
    public static ModelAnswer? Next(ModelCall call, ShopWords words, PromptFacts facts, bool isAboutIt, string? service)
    {
        var has = call.Tools.Select(tool => tool.Name).ToHashSet();
        var talk = new BookingTalk(call, words, facts);
        if (!has.Contains("free_slots") || !(isAboutIt || talk._picks || talk._asked is { Day: not null, Time: not null }))
        {
            return null;
        }

        return WantsToCancel().IsMatch(call.Question) && has.Contains("cancel") ? talk.Cancel()
            : AmIBooked().IsMatch(call.Question) ? talk.Booked()
            : talk._moves && has.Contains("reschedule") ? talk.Move()
            : service is null ? null
            : talk.Book(service, has.Contains("book"));
    }

    private ModelAnswer Cancel() => _call.ToolResults.Count == 0 ? new ModelAnswer("", "cancel", [])
        : Read(_call.ToolResults[^1])?["appointments"] is JsonArray { Count: > 0 } booked
            ? new ModelAnswer(string.Join(" ", booked.OfType<JsonObject>().Select(one => Say(_words.HowToCancel, one["service"].Text(), Said(one["time"] as JsonObject)))))
            : new ModelAnswer(_words.NoAppointment);

    private ModelAnswer Booked() => new(_facts.Booked.Count > 0 ? Say(_words.Booked, string.Join("; ", _facts.Booked)) : _words.NoAppointment);

    private ModelAnswer Move()
    {
        if (_call.ToolResults.Count == 0)
        {
            return _facts.Booked.Count == 0 ? new ModelAnswer(_words.NoAppointment)
                : _asked is { Day: { } day, Time: { } time } ? new ModelAnswer("", "reschedule", new JsonObject { ["startsAt"] = At(day, time) })
                : new ModelAnswer("", "free_slots", Input(_facts.Booked[0].Split(", ")[0]));
        }

        return Read(_call.ToolResults[^1]) switch
        {
            { } result when Times(result, "times") is { Count: > 0 } times => new ModelAnswer(Say(_words.Free, Said(OfTheDay(times))) + _words.WhichToMoveTo),
            { } result when Times(result, "freeInstead") is { Count: > 0 } others => new ModelAnswer(Say(_words.NotThatTime, Said(others)) + _words.WhichToMoveTo),
            { } result when result["time"] is JsonObject time => new ModelAnswer(Say(_words.HoldingMove, Said(time), result["service"].Text())),
            { } result when result["times"] is not null => new ModelAnswer(_words.NothingFree),
            _ => new ModelAnswer(_words.NoAppointment),
        };
    }

    private ModelAnswer? Book(string service, bool mayHold)
    {
        if (_call.ToolResults.Count == 0)
        {
            return new ModelAnswer("", "free_slots", Input(service));
        }

        return Read(_call.ToolResults[^1]) switch
        {
            { } result when Times(result, "times") is { Count: > 0 } times => mayHold && (_picks || WantsToBook().IsMatch(_call.Question)) ? Hold(service, times) : Offer(times),
            { } result when Times(result, "freeInstead") is { Count: > 0 } others => new ModelAnswer(Say(_words.NotThatTime, Said(others))),
            { } result when result["time"] is JsonObject time => new ModelAnswer(Say(_words.Holding, Said(time), result["service"].Text(), result["price"].Text())),
            { } result when result["times"] is not null => new ModelAnswer(_words.NothingFree),
            _ => null,
        };
    }

    // The time that was named, or the first when none was. What is not free is said to be so.
    private ModelAnswer Hold(string service, List<JsonObject> times)
    {
        var day = OfTheDay(times);
        if (_asked.Day is not null && day.Count == 0)
        {
            return NothingOn(times);
        }

        var chosen = _asked.Time is { } wanted ? day.FirstOrDefault(time => AtOf(time).EndsWith($"T{wanted:HH:mm}", StringComparison.Ordinal)) : day[0];
        if (chosen is null)
        {
            return _asked.Day is null ? Offer(times) : new ModelAnswer(Say(_words.NotThatTime, Said(day)));
        }

        var input = Input(service);
        input.Remove("date");
        input["startsAt"] = AtOf(chosen);
        return new ModelAnswer("", "book", input);
    }

    private ModelAnswer Offer(List<JsonObject> times)
    {
        var day = OfTheDay(times);
        return day.Count > 0 ? new ModelAnswer(Say(_words.Free, Said(day)) + _words.WhichToHold) : NothingOn(times);
    }

    private ModelAnswer NothingOn(List<JsonObject> times)
    {
        var day = _asked.Day!.Value;
        var isClosed = _facts.Hours.Any(line => line.StartsWith($"{day.ToString("dddd d MMM", CultureInfo.InvariantCulture)}: closed", StringComparison.Ordinal));
        return new ModelAnswer(Say(isClosed ? _words.ClosedThatDay : _words.NothingThatDay, Said(times), day.ToString(_words.DayPattern, _words.Culture)));
    }

    private List<JsonObject> OfTheDay(List<JsonObject> times) => _asked.Day is { } day ? [.. times.Where(time => AtOf(time).StartsWith($"{day:yyyy-MM-dd}", StringComparison.Ordinal))] : times;

    // "The second one", or the hour of one that was offered, is the time of that one.
    private AskedTime Named(string question)
    {
        var asked = AskedTime.Read(question, _today);
        if (_offered.Count == 0)
        {
            return asked;
        }

        if (asked.IsEmpty)
        {
            var place = Array.FindIndex(Ordinals, ordinal => Regex.IsMatch(question, $@"(?i)\b({ordinal})\b"));
            return place >= 0 && place < _offered.Count ? _offered[place] : asked;
        }

        return asked is { Day: null, Time: { } time } && _offered.FirstOrDefault(offer => offer.Time == time || offer.Time == time.AddHours(12)) is { } same ? same : asked;
    }

    private JsonObject Input(string service)
    {
        var input = new JsonObject { ["service"] = service.Split(':')[0].Trim() };
        if (CarClass().Match(service) is { Success: true } vehicle)
        {
            input["for"] = vehicle.Groups[1].Value;
        }

        if (_asked.Day is { } day)
        {
            input["date"] = $"{day:yyyy-MM-dd}";
        }

        return input;
    }

    private string Said(IEnumerable<JsonObject> times) => string.Join("; ", times.Take(TimesSaid).Select(Said));

    private string Said(JsonObject? time) => DateTime.TryParseExact(AtOf(time), "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
        ? at.ToString(_words.TimePattern, _words.Culture)
        : time?["say"].Text() ?? "";

    private static string At(DateOnly day, TimeOnly time) => $"{day:yyyy-MM-dd}T{time:HH:mm}";

    private static string AtOf(JsonObject? time) => time?["startsAt"].Text() ?? "";

    private static string Say(string words, params string?[] values) => string.Format(CultureInfo.InvariantCulture, words, values);

    private static List<JsonObject> Times(JsonObject result, string field) => [.. (result[field] as JsonArray ?? []).OfType<JsonObject>().Where(time => time["startsAt"].Text() is not null)];

    private static JsonObject? Read(string result)
    {
        try
        {
            return JsonNode.Parse(result) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static readonly string[] Ordinals = ["first|earliest|primer[ao]?", "second|segund[ao]", "third|tercer[ao]?", "fourth|last|cuart[ao]|últim[ao]"];

    // "How long does it take" and "do I have to pay to book" ask, and want nothing.
    [GeneratedRegex(@"(?i)^(?!.*\bdo i (have|need) to\b).*(\b(book|reserve|hold|confirm)\b|\b(i'll|i will|let me|i want to) take\b|\b(res[ée]rv(a|e|ar)(me|nos)?|ap[áa]rt(a|e|ar)(me|nos)?|ag[ée]nd(a|e|ar)(me|nos)?)\b|\b(quiero|necesito) una cita\b.*\ba las?\b)")]
    private static partial Regex WantsToBook();

    [GeneratedRegex(@"(?i)\b(move|reschedul\w*|change|postpone|push)\b.*\b(appointment|booking|it)\b|\b(mover|mueva|cambi(ar|e)|reprogram(ar|e))\b.*\bcita\b")]
    private static partial Regex WantsToMove();

    [GeneratedRegex(@"(?i)\bcancel(ar|e|lation)?\b")]
    private static partial Regex WantsToCancel();

    [GeneratedRegex(@"(?i)\bam i (booked|confirmed|scheduled)\b|\bdo i have an? (appointment|booking)\b|\bwhen is my (appointment|booking)\b|\btengo (una )?cita\b|\bcu[áa]ndo es mi cita\b")]
    private static partial Regex AmIBooked();

    [GeneratedRegex(@"(?:These(?: times are free)?|These are|Estas(?: horas están libres)?|Estas sí): ([^.]+)\.")]
    private static partial Regex Offer();

    [GeneratedRegex(@"instead of your appointment|en lugar de su cita")]
    private static partial Regex MoveWasOffered();

    [GeneratedRegex(@"\[([^\]]+)\]\s*$")]
    private static partial Regex CarClass();
}
