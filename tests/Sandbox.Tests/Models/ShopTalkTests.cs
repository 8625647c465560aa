using System.Text.Json.Nodes;
using LeadOrchestrator.Sandbox.Models;

namespace LeadOrchestrator.Sandbox.Tests.Models;

/// <summary>The scripted model talks about times, prices and what is free as a truthful assistant would, in English and Spanish.</summary>
public sealed class ShopTalkTests
{
    private const string Prompt = """
        You are the AI assistant of Acme Tint Austin, a shop for cars.
        Phone: +15125550100
        Opening hours of the next seven days:
        - Monday 23 Nov: 08:00–17:00
        - Sunday 29 Nov: closed
        Services and prices:
        - Full Car Ceramic Tint: $399.00 (240 min)
        - Windshield Strip: $49.00 (45 min)
        Local time at the shop: Monday, November 23, 2026, 10:00 (America/Chicago)
        Interested in: ceramic tint
        """;

    private static readonly string[] Tools = ["free_slots", "book", "reschedule", "cancel"];

    [Fact]
    public void The_time_that_is_asked_for_is_held_and_no_other()
    {
        var look = Answer("Can you book me Tuesday at 10?");
        (look.ToolName, look.ToolInput!["service"]!.ToString(), look.ToolInput["date"]!.ToString()).ShouldBe(("free_slots", "Full Car Ceramic Tint", "2026-11-24"));

        var hold = Answer("Can you book me Tuesday at 10?", Times("2026-11-24T08:00", "2026-11-24T10:00"));
        (hold.ToolName, hold.ToolInput!["startsAt"]!.ToString()).ShouldBe(("book", "2026-11-24T10:00"));

        Answer("Can you book me Tuesday at 10?", Times("2026-11-24T08:00", "2026-11-24T11:00")).Text
            .ShouldBe("That time is not free. These are: Tuesday, Nov 24 at 8:00 AM; Tuesday, Nov 24 at 11:00 AM.");
        Answer("Can you book me Sunday at 10?", Times("2026-11-30T08:00")).Text.ShouldBe("We are closed on Sunday, Nov 29. These times are free: Monday, Nov 30 at 8:00 AM.");
    }

    [Theory]
    [InlineData("The second one please")]
    [InlineData("1 pm is good")]
    [InlineData("Wednesday at 1")]
    public void Of_times_that_were_offered_one_is_picked_in_few_words(string words)
    {
        var offer = Answer("Do you have a slot this week?", Times("2026-11-24T08:00", "2026-11-25T13:00")).Text;
        offer.ShouldBe("These times are free: Tuesday, Nov 24 at 8:00 AM; Wednesday, Nov 25 at 1:00 PM. Which one shall I hold for you?");
        ModelTurn[] before = [new("user", "Do you have a slot this week?", []), new("assistant", offer, [])];

        Answer(words, null, before).ToolInput!["date"]!.ToString().ShouldBe("2026-11-25");
        var hold = Answer(words, Times("2026-11-25T08:00", "2026-11-25T13:00"), before);

        (hold.ToolName, hold.ToolInput!["startsAt"]!.ToString()).ShouldBe(("book", "2026-11-25T13:00"));
    }

    [Theory]
    [InlineData("Is it free?", "Hi! No, that is not free. Here is what we have:\n\n- Full Car Ceramic Tint: $399.00 (about 4 h)")]
    [InlineData("¿Es gratis?", "Hola! No, eso tiene un precio. Esto es lo que tenemos:\n\n- Full Car Ceramic Tint: $399.00 (unas 4 h)")]
    [InlineData("¿Cuánto cuesta la franja del parabrisas?", "Hola! Esto es lo que tenemos:\n\n- Windshield Strip: $49.00 (45 min)")]
    [InlineData("¿A qué hora abren?", "Hola! Nuestro horario es:\n\n- lunes 23 Nov: 08:00–17:00\n- domingo 29 Nov: cerrado")]
    public void What_it_costs_is_said_in_the_language_of_the_question(string question, string answer) => Answer(question).Text.ShouldStartWith(answer);

    [Fact]
    public void Who_asks_for_the_price_and_whether_it_is_free_reads_the_price_once() =>
        Answer("How much is ceramic tint, is it free?").Text.Split("$399.00").Length.ShouldBe(2);

    [Fact]
    public void Whether_somebody_is_free_is_no_question_of_money() => Answer("Are you free on Tuesday at 9?").ToolName.ShouldBe("free_slots");

    [Fact]
    public void An_appointment_is_moved_to_the_time_that_is_named_and_is_said_to_be_where_it_was()
    {
        var booked = Prompt + "\nBooked: Full Car Ceramic Tint, Tuesday 24 Nov at 10:00, $399.00";
        var move = Answer("Please move my appointment to Wednesday at 1 PM", prompt: booked);
        (move.ToolName, move.ToolInput!["startsAt"]!.ToString()).ShouldBe(("reschedule", "2026-11-25T13:00"));

        var held = new JsonObject { ["service"] = "Full Car Ceramic Tint", ["time"] = Time("2026-11-25T13:00") }.ToJsonString();
        Answer("Please move my appointment to Wednesday at 1 PM", held, prompt: booked).Text
            .ShouldBe("I am holding Wednesday, Nov 25 at 1:00 PM for Full Car Ceramic Tint. Your appointment stays where it is until you tap Confirm on the card below.");
        Answer("Am I booked?", prompt: booked).Text.ShouldBe("Hi! This is what I see: Full Car Ceramic Tint, Tuesday 24 Nov at 10:00.");
        Answer("Please move my appointment", Times(), prompt: booked).Text.ShouldBe("I do not see a free time in the next seven days. The team at the shop can tell you more.");
        Answer("Please move my appointment to Wednesday at 1 PM").Text.ShouldBe("Hi! I do not see an appointment of yours here.");
    }

    [Fact]
    public void To_cancel_is_left_to_the_customers_tap()
    {
        Answer("Please cancel my appointment").ToolName.ShouldBe("cancel");
        var found = new JsonObject { ["appointments"] = new JsonArray(new JsonObject { ["service"] = "Windshield Strip", ["time"] = Time("2026-11-25T13:00") }) }.ToJsonString();

        Answer("Please cancel my appointment", found).Text.ShouldBe("To cancel Windshield Strip on Wednesday, Nov 25 at 1:00 PM, please tap Cancel on its card below. Until you do, it stands.");
    }

    private static ModelAnswer Answer(string question, string? result = null, ModelTurn[]? before = null, string prompt = Prompt) => ShopAssistant.Answer(new ModelCall(
        DateTimeOffset.UnixEpoch, "anthropic", "a-model", false, prompt, [.. before ?? [], new ModelTurn("user", question, []), .. result is null ? [] : (ModelTurn[])[new("user", "", [result])]],
        [.. Tools.Select(name => new ModelTool(name, null))], new JsonObject()));

    private static string Times(params string[] times) => new JsonObject { ["times"] = new JsonArray([.. times.Select(Time)]) }.ToJsonString();

    private static JsonNode Time(string startsAt) => new JsonObject { ["startsAt"] = startsAt, ["say"] = startsAt };
}
