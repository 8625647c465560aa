using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Sandbox.Models;

/// <summary>How the shop assistant uses the product's tools of bookings: it looks for free times, and holds one when the customer wants to book.</summary>
internal static partial class BookingTalk
{
    /// <summary>What it does or says next about an appointment; null when that is not what this turn is about.</summary>
    /// <param name="service">The service that fits best, as the price list has it.</param>
    public static ModelAnswer? Next(ModelCall call, string? service)
    {
        var has = call.Tools.Select(tool => tool.Name).ToHashSet();
        if (service is null || !has.Contains("free_slots"))
        {
            return null;
        }

        return call.ToolResults.Count == 0 ? new ModelAnswer("", "free_slots", Input(service)) : Read(call.ToolResults[^1]) switch
        {
            { } result when Times(result, "times") is { Count: > 0 } times => WantsToBook().IsMatch(call.Question) && has.Contains("book")
                ? new ModelAnswer("", "book", With(Input(service), Choose(times, call.Question)))
                : new ModelAnswer($"These times are free: {Said(times)}. Which one shall I hold for you?"),
            { } result when Times(result, "freeInstead") is { Count: > 0 } others => new ModelAnswer($"That time is not free. These are: {Said(others)}."),
            { } result when result["time"]?["say"].Text() is { } say => new ModelAnswer(
                $"I am holding {say} for {result["service"].Text()} at {result["price"].Text()}. It is not booked yet: please tap Confirm on the card below, and it is yours."),
            { } result when result["times"] is not null => new ModelAnswer("I do not see a free time in the next seven days. The team at the shop can tell you more."),
            _ => null,
        };
    }

    private static JsonObject Input(string service)
    {
        var name = service.Split(':')[0].Trim();
        var input = new JsonObject { ["service"] = name };
        if (CarClass().Match(service) is { Success: true } vehicle)
        {
            input["for"] = vehicle.Groups[1].Value;
        }

        return input;
    }

    private static JsonObject With(JsonObject input, JsonObject time)
    {
        input["startsAt"] = time["startsAt"].Text();
        return input;
    }

    // The time that shares the most words with what the customer said; the earliest of them.
    private static JsonObject Choose(List<JsonObject> times, string question)
    {
        var words = Word().Matches(question.ToLowerInvariant()).Select(word => word.Value).ToHashSet();
        return times.MaxBy(time => Word().Matches(time["say"].Text()!.ToLowerInvariant()).Count(word => words.Contains(word.Value)))!;
    }

    private static string Said(List<JsonObject> times) => string.Join("; ", times.Take(4).Select(time => time["say"].Text()));

    private static List<JsonObject> Times(JsonObject result, string field) => [.. (result[field] as JsonArray ?? []).OfType<JsonObject>().Where(time => time["say"].Text() is not null)];

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

    // "How long does it take" and "do I have to pay to book" ask, and want nothing.
    [GeneratedRegex(@"(?i)^(?!.*\bdo i (have|need) to\b).*(\b(book|reserve|hold|confirm)\b|\b(i'll|i will|let me|i want to) take\b)")]
    private static partial Regex WantsToBook();

    [GeneratedRegex(@"\[([^\]]+)\]\s*$")]
    private static partial Regex CarClass();

    [GeneratedRegex("[a-z]+|[0-9]+(?::[0-9]+)?")]
    private static partial Regex Word();
}
