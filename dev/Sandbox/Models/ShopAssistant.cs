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
        ("bot", Bot()), ("price", PriceWords()), ("hours", HoursWords()), ("place", PlaceWords()), ("booking", BookingWords()),
        ("person", PersonWords()), ("film", FilmWords()), ("duration", DurationWords()), ("warranty", WarrantyWords()),
        ("law", LawWords()), ("thanks", ThanksWords()),
    ];

    private static readonly (string Topic, string[] Names)[] Tools =
    [
        ("booking", ["slot", "avail", "book", "appoint"]), ("price", ["price", "service", "catalog", "quote"]), ("hours", ["hour", "open"]),
    ];

    private static readonly string[] Closings =
    [
        "Is there anything else that you would like to know before you decide? I am here for as long as you need me.",
        "Tell me what bothers you most in the car, heat, glare or being seen, and I can be more exact about what would help.",
        "Take your time with it, and write to me here whenever you are ready. This chat stays open for you.",
    ];

    public static ModelAnswer Answer(ModelCall call)
    {
        var question = call.Question;
        var topics = Topics.Where(topic => topic.Words.IsMatch(question)).Select(topic => topic.Topic).ToList();
        var facts = PromptFacts.Read(call.System);
        if (topics.Contains("booking") && BookingTalk.Next(call, ServiceFor(question, facts)) is { } next)
        {
            return next.ToolName is null ? next with { Text = Greeting(call, facts) + next.Text } : next;
        }

        if (call.ToolResults.Count > 0)
        {
            return new ModelAnswer(Long(Greeting(call, facts) + FromTools(call.ToolResults), question));
        }

        if (Tool(call, topics, facts) is { } tool)
        {
            return new ModelAnswer("", tool.Name, Input(tool.Schema, question, call.At));
        }

        var parts = topics.Select(topic => About(topic, question, facts)).Distinct().Take(3).ToList();
        if (parts.Count == 0)
        {
            parts.Add(Otherwise(question, facts));
        }

        return new ModelAnswer(Long(Greeting(call, facts) + string.Join(" ", parts).Replace("\n ", "\n", StringComparison.Ordinal), question));
    }

    private static string? ServiceFor(string question, PromptFacts facts) =>
        facts.Prices.Count == 0 ? null : (Best(facts.Prices, question) ?? Best(facts.Prices, facts.Interest ?? "") ?? facts.Prices)[0];

    private static string Greeting(ModelCall call, PromptFacts facts) => (call.Turns.Count(turn => turn.Role == "user") <= 1, facts.FirstName) switch
    {
        (true, { } name) => $"Hi {name}! ",
        (true, null) => "Hi! ",
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

    private static string About(string topic, string question, PromptFacts facts) => topic switch
    {
        "bot" => $"I am an assistant, a computer program that answers for {facts.Shop ?? "the shop"}, not a person.{Person(facts)}",
        "price" => Prices(question, facts),
        "hours" => facts.Hours.Count > 0
            ? $"Our hours are:\n\n{string.Join("\n", facts.Hours.Select(line => "- " + line))}\n\n"
            : "I do not have the opening hours in front of me." + Person(facts),
        "place" => facts.Address is { } address ? $"You find us at {address}." : "I do not have the address in front of me." + Person(facts),
        "booking" when !facts.MayBook => "I cannot book a time myself, but the shop gladly does it with you." + Person(facts),
        "booking" => "I would be glad to help you find a time. Which days suit you best, and would the morning or the afternoon be easier?",
        "person" => "Of course, a person can help you." + Person(facts),
        "film" => "Carbon film looks rich and keeps its color for years, while ceramic film blocks much more heat at the same shade, which most people feel on the first hot day.",
        "duration" => "Most cars are finished on the same day. The film then needs a few days to dry, so please leave the windows up until it has.",
        "warranty" => "The film is covered against bubbling, peeling and fading; the shop hands you the terms in writing when you pick up your car.",
        "law" => "How dark the front windows may be is set by your state. The shop measures the glass first and will not install what is not legal.",
        _ => "You are very welcome!",
    };

    private static string Prices(string question, PromptFacts facts)
    {
        if (facts.Prices.Count == 0)
        {
            return "I do not have a price list in front of me, and I would rather not guess." + Person(facts);
        }

        var best = Best(facts.Prices, question) ?? Best(facts.Prices, facts.Interest ?? "") ?? facts.Prices;
        var car = facts.Vehicle is { } vehicle ? $" for your {vehicle}" : "";
        return $"Here is what we have{car}:\n\n{string.Join("\n", best.Take(4).Select(line => "- " + line))}\n\n";
    }

    // The lines whose names share the most words with the text; null when none shares any.
    private static IReadOnlyList<string>? Best(IReadOnlyList<string> lines, string text)
    {
        var words = Word().Matches(text.ToLowerInvariant()).Select(match => match.Value).Where(word => word.Length > 2).ToHashSet();
        var scored = lines.Select(line => (line, score: Word().Matches(line.Split(':')[0].ToLowerInvariant()).Count(match => words.Contains(match.Value)))).ToList();
        var most = scored.Max(item => item.score);
        return most == 0 ? null : [.. scored.Where(item => item.score == most).Select(item => item.line)];
    }

    private static string Person(PromptFacts facts) => facts.Phone is { } phone
        ? $" You can reach a person at {phone}; they are happy to help."
        : " If you leave a message here, a person from the shop will get back to you.";

    private static string Otherwise(string question, PromptFacts facts) => Pick(question,
    [
        $"Thanks for writing to {facts.Shop ?? "us"}! I can tell you about our services and prices, our opening hours, and how to get here.",
        facts.Vehicle is { } vehicle
            ? $"Happy to help with your {vehicle}! Ask me about prices, about carbon or ceramic film, or about how long it takes."
            : $"Good to hear from you! Window tint is what {facts.Shop ?? "we"} {(facts.Shop is null ? "do" : "does")} every day, so ask me anything about prices, film types or how long it takes.",
        "I want to be sure that I understand you right. Are you asking about a price, a time to come in, or which film would suit your car?",
    ]);

    private static string Long(string text, string question)
    {
        text = text.TrimEnd(' ');
        foreach (var closing in (string[])[Pick(question, Closings), Pick(question + "2", Closings)])
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

    [GeneratedRegex(@"(?i)\b(bot|robot|ai|chatgpt|computer|machine)\b|are you (a )?(real|human|person)|real person")]
    private static partial Regex Bot();

    [GeneratedRegex(@"(?i)\b(price|prices|pricing|cost|costs|how much|quote|charge|\$|dollars?|cheap|expensive|estimate)\b")]
    private static partial Regex PriceWords();

    [GeneratedRegex(@"(?i)\b(hours?|open|close|closed|when are you|weekend|saturday|sunday)\b")]
    private static partial Regex HoursWords();

    [GeneratedRegex(@"(?i)\b(where|address|directions?|located|location)\b")]
    private static partial Regex PlaceWords();

    [GeneratedRegex(@"(?i)\b(book|booking|appointment|schedule|slots?|available|availability|come in|drop off|tomorrow|next week)\b")]
    private static partial Regex BookingWords();

    [GeneratedRegex(@"(?i)\b(call|phone|speak|talk to|human|someone|person|manager)\b")]
    private static partial Regex PersonWords();

    [GeneratedRegex(@"(?i)\b(ceramic|carbon|film|difference|heat|better)\b")]
    private static partial Regex FilmWords();

    [GeneratedRegex(@"(?i)\b(how long|take|takes|duration|same day|wait)\b")]
    private static partial Regex DurationWords();

    [GeneratedRegex(@"(?i)\b(warranty|guarantee|bubbles?|peel|fade)\b")]
    private static partial Regex WarrantyWords();

    [GeneratedRegex(@"(?i)\b(legal|law|dark|darkness|percent|limo)\b|%")]
    private static partial Regex LawWords();

    [GeneratedRegex(@"(?i)\b(thanks|thank you|thx|great|perfect)\b")]
    private static partial Regex ThanksWords();

    [GeneratedRegex(@"[a-z]+")]
    private static partial Regex Word();
}
