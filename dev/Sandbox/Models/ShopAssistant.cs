using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Sandbox.Models;

/// <summary>A shop assistant by rules: prices and hours only as the prompt or a tool states them.</summary>
internal static partial class ShopAssistant
{
    private const int FewestTokens = 30;

    private static readonly (string Topic, Regex Words)[] Topics =
    [
        ("bot", Bot()), ("free", FreeWords()), ("price", PriceWords()), ("hours", HoursWords()), ("place", PlaceWords()), ("booking", BookingWords()),
        ("person", PersonWords()), ("film", FilmWords()), ("duration", DurationWords()), ("warranty", WarrantyWords()),
        ("law", LawWords()), ("thanks", ThanksWords()),
    ];

    private static readonly (string Topic, string[] Names)[] Tools =
    [
        ("booking", ["slot", "avail", "book", "appoint"]), ("price", ["price", "service", "catalog", "quote"]), ("hours", ["hour", "open"]),
    ];

    public static ModelAnswer Answer(ModelCall call)
    {
        var question = call.Question;
        var topics = Topics.Where(topic => topic.Words.IsMatch(question)).Select(topic => topic.Topic).ToList();
        var (facts, words) = (PromptFacts.Read(call.System), ShopWords.Of(call));
        if (BookingTalk.Next(call, words, facts, topics.Contains("booking"), ServiceFor(call, facts)) is { } next)
        {
            return next.ToolName is null ? next with { Text = Greeting(call, words, facts) + next.Text } : next;
        }

        if (call.ToolResults.Count > 0)
        {
            return new ModelAnswer(Long(Greeting(call, words, facts) + FromTools(call.ToolResults), question, words));
        }

        if (Tool(call, topics, facts) is { } tool)
        {
            return new ModelAnswer("", tool.Name, Input(tool.Schema, question, call.At));
        }

        // Whether it is free is answered with its price.
        var parts = topics.Where(topic => topic != "price" || !topics.Contains("free")).Select(topic => About(topic, call, words, facts)).Distinct().Take(3).ToList();
        if (parts.Count == 0)
        {
            parts.Add(Say(Pick(question, words.Otherwise), facts.Shop ?? words.Us));
        }

        return new ModelAnswer(Long(Greeting(call, words, facts) + string.Join(" ", parts).Replace("\n ", "\n", StringComparison.Ordinal), question, words));
    }

    private static string? ServiceFor(ModelCall call, PromptFacts facts) => facts.Prices.Count == 0 ? null : LinesFor(call, facts)[0];

    // What this question names, or the last one that named something, or what the quote was for.
    private static IReadOnlyList<string> LinesFor(ModelCall call, PromptFacts facts) =>
        call.Turns.Where(turn => turn.Role == "user").Select(turn => turn.Text).Reverse().Append(facts.Interest ?? "").Select(text => Best(facts.Prices, text)).FirstOrDefault(lines => lines is not null) ?? facts.Prices;

    private static string Greeting(ModelCall call, ShopWords words, PromptFacts facts) => (call.Turns.Count(turn => turn.Role == "user") <= 1, facts.FirstName) switch
    {
        (true, { } name) => $"{words.Hi} {name}! ",
        (true, null) => $"{words.Hi}! ",
        _ => "",
    };

    // What stands in the prompt is not asked for again.
    private static ModelTool? Tool(ModelCall call, List<string> topics, PromptFacts facts)
    {
        foreach (var (topic, names) in Tools)
        {
            if (topics.Contains(topic) && !(topic == "price" && facts.Prices.Count > 0) && !(topic == "hours" && facts.Hours.Count > 0)
                && call.Tools.FirstOrDefault(tool => names.Any(name => tool.Name.Contains(name, StringComparison.OrdinalIgnoreCase))) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    // Every required field gets something of its type; a date is the day after the call.
    private static JsonObject Input(JsonNode? schema, string question, DateTimeOffset at)
    {
        var input = new JsonObject();
        var required = (schema?["required"] as JsonArray)?.Select(name => name.Text()).ToHashSet() ?? [];
        foreach (var (name, property) in schema?["properties"] as JsonObject ?? [])
        {
            var isDate = name.Contains("date", StringComparison.OrdinalIgnoreCase) || name is "from" or "to" or "day";
            if (!required.Contains(name) && !isDate)
            {
                continue;
            }

            input[name] = property?["type"].Text() switch
            {
                "integer" or "number" => 1,
                "boolean" => true,
                "array" => new JsonArray(),
                "object" => new JsonObject(),
                _ when (property?["enum"] as JsonArray)?.FirstOrDefault() is { } first => first.DeepClone(),
                _ when isDate => at.AddDays(name == "to" ? 7 : 1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                _ => question,
            };
        }

        return input;
    }

    private static string FromTools(IReadOnlyList<string> results)
    {
        var lines = results.SelectMany(Lines).Distinct().Take(6).ToList();
        return lines.Count == 0
            ? "I looked that up, and there is nothing listed for it right now. The team at the shop can tell you more."
            : "I looked that up for you. Here is what I found:\n\n" + string.Join("\n", lines.Select(line => "- " + line)) + "\n\n";
    }

    private static IEnumerable<string> Lines(string result)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(result);
        }
        catch (JsonException)
        {
            return result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        var items = node as JsonArray
            ?? (node as JsonObject)?.Select(field => field.Value).OfType<JsonArray>().FirstOrDefault(list => list.Count > 0);
        return (items is null ? [node] : items.AsEnumerable()).Select(Line).Where(line => line.Length > 0);
    }

    private static string Line(JsonNode? item) => item switch
    {
        JsonValue value => value.ToString(),
        JsonObject row => string.Join(", ", row
            .Where(field => field.Value is JsonValue && !field.Key.EndsWith("id", StringComparison.OrdinalIgnoreCase))
            .Select(field => field.Key.EndsWith("Cents", StringComparison.Ordinal) && field.Value!.GetValueKind() == JsonValueKind.Number
                ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${field.Value.GetValue<decimal>() / 100:0.00}")
                : field.Value!.ToString())),
        _ => "",
    };

    private static string About(string topic, ModelCall call, ShopWords words, PromptFacts facts) => topic switch
    {
        "bot" => Say(words.Bot, facts.Shop ?? words.Us) + Person(words, facts),
        "free" => Free(call, words, facts),
        "price" => Prices(call, words, facts),
        "hours" => facts.Hours.Count > 0 ? $"{words.Hours}\n\n{string.Join("\n", facts.Hours.Select(line => "- " + words.Translate(line)))}\n\n" : words.NoHours + Person(words, facts),
        "place" => facts.Address is { } address ? Say(words.Address, address) : words.NoAddress + Person(words, facts),
        "booking" => facts.MayBook ? words.WhichDay : words.CannotBook + Person(words, facts),
        "person" => words.Person + Person(words, facts),
        "film" => words.Film,
        "duration" => words.Duration,
        "warranty" => words.Warranty,
        "law" => words.Law,
        _ => words.Welcome,
    };

    private static string Free(ModelCall call, ShopWords words, PromptFacts facts) =>
        (facts.Prices.Count == 0 || LinesFor(call, facts)[0].Contains(": $0.00", StringComparison.Ordinal) ? "" : words.NotFree + " ") + Prices(call, words, facts);

    private static string Prices(ModelCall call, ShopWords words, PromptFacts facts)
    {
        if (facts.Prices.Count == 0)
        {
            return words.NoPrices + Person(words, facts);
        }

        var intro = facts.Vehicle is { } vehicle ? Say(words.PricesFor, vehicle) : words.Prices;
        return $"{intro}\n\n{string.Join("\n", (WholeList().IsMatch(call.Question) ? facts.Prices : LinesFor(call, facts).Take(4)).Select(line => "- " + words.Translate(line)))}\n\n";
    }

    private static readonly Dictionary<string, string> InEnglish = new()
    {
        ["cerámico"] = "ceramic", ["cerámica"] = "ceramic", ["ceramico"] = "ceramic", ["ceramica"] = "ceramic", ["carbono"] = "carbon", ["ventanas"] = "windows", ["vidrios"] = "windows",
        ["adelante"] = "front", ["delanteras"] = "front", ["delanteros"] = "front", ["franja"] = "strip", ["parabrisas"] = "windshield", ["quemacocos"] = "sunroof", ["techo"] = "sunroof",
        ["camioneta"] = "truck", ["completo"] = "full", ["faros"] = "headlight",
    };

    // The lines whose names share the most words with the text; null when none shares any.
    private static IReadOnlyList<string>? Best(IReadOnlyList<string> lines, string text)
    {
        var words = Word().Matches(text.ToLowerInvariant()).Select(match => match.Value).Where(word => word.Length > 2).Select(word => InEnglish.GetValueOrDefault(word, word)).ToHashSet();
        var scored = lines.Select(line => (line, score: Word().Matches(line.Split(':')[0].ToLowerInvariant()).Count(match => words.Contains(match.Value)))).ToList();
        var most = scored.Max(item => item.score);
        return most == 0 ? null : [.. scored.Where(item => item.score == most).Select(item => item.line)];
    }

    private static string Person(ShopWords words, PromptFacts facts) => facts.Phone is { } phone ? Say(words.Call, phone) : words.LeaveAMessage;

    private static string Say(string words, string value) => string.Format(System.Globalization.CultureInfo.InvariantCulture, words, value);

    private static string Long(string text, string question, ShopWords words)
    {
        text = text.TrimEnd(' ');
        foreach (var closing in (string[])[Pick(question, words.Closings), Pick(question + "2", words.Closings)])
        {
            if (text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length < FewestTokens && !text.Contains(closing, StringComparison.Ordinal))
            {
                text += (text.EndsWith('\n') ? "" : " ") + closing;
            }
        }

        return text.TrimEnd();
    }

    // FNV-1a: the same choice on every machine and in every run.
    private static string Pick(string seed, string[] choices)
    {
        var hash = 2166136261u;
        foreach (var character in seed)
        {
            hash = (hash ^ character) * 16777619u;
        }

        return choices[hash % (uint)choices.Length];
    }

    [GeneratedRegex(@"(?i)\b(bot|robot|ai|chatgpt|computer|machine)\b|are you (a )?(real|human|person)|real person|eres (una persona|humano)")]
    private static partial Regex Bot();

    [GeneratedRegex(@"(?i)\b(all (of )?(your|the) (prices|services)|your (whole |full )?price ?list|what services|(list|show|send)( me| us)? (your|the) (prices|services)|(su|la) lista de precios|todos (los|sus) precios|qué servicios)\b")]
    private static partial Regex WholeList();

    // "Are you free at ten" asks for a time.
    [GeneratedRegex(@"(?i)\b(is|are|it's|its|that|be|get|really|totally)\b[^.?!]*\bfree\b(?! (time|slot|spot|appointment|on|at|today|tomorrow|this|next|for me on|\w+day))|\bno charge\b|\bgratis\b|\bcomplimentary\b")]
    private static partial Regex FreeWords();

    [GeneratedRegex(@"(?i)\b(price|prices|pricing|cost|costs|how much|quote|charge|\$|dollars?|cheap|expensive|estimate|precios?|cu[áa]nto (cuesta|cobran|vale|es|sale)|cuesta|vale)\b")]
    private static partial Regex PriceWords();

    [GeneratedRegex(@"(?i)\b(hours?|open|close|closed|when are you|weekend|saturday|sunday|horario|abren|abiertos?|cierran|s[áa]bados?|domingos?)\b")]
    private static partial Regex HoursWords();

    [GeneratedRegex(@"(?i)\b(where|address|directions?|located|location|d[óo]nde|direcci[óo]n|ubicados?)\b")]
    private static partial Regex PlaceWords();

    [GeneratedRegex(@"(?i)\b(book|booking|booked|reserve|appointment|schedule|reschedule|slots?|available|availability|come|bring|drop off|cita|reserv\w*|agend\w*|disponibles?)\b")]
    private static partial Regex BookingWords();

    [GeneratedRegex(@"(?i)\b(call|phone|speak|talk to|human|someone|person|manager|persona|hablar|tel[ée]fono)\b")]
    private static partial Regex PersonWords();

    [GeneratedRegex(@"(?i)\b(ceramic|carbon|film|difference|heat|better|cer[áa]mic[ao]|carbono|pel[íi]cula|mejor)\b")]
    private static partial Regex FilmWords();

    [GeneratedRegex(@"(?i)\b(how long|take|takes|duration|same day|wait|tarda)\b")]
    private static partial Regex DurationWords();

    [GeneratedRegex(@"(?i)\b(warranty|guarantee|bubbles?|peel|fade|garant[íi]a)\b")]
    private static partial Regex WarrantyWords();

    [GeneratedRegex(@"(?i)\b(legal|law|dark|darkness|percent|limo)\b|%")]
    private static partial Regex LawWords();

    [GeneratedRegex(@"(?i)\b(thanks|thank you|thx|great|perfect|gracias)\b")]
    private static partial Regex ThanksWords();

    [GeneratedRegex(@"\p{L}+")]
    private static partial Regex Word();
}
