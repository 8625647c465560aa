using LeadOrchestrator.Orchestrator.Cadences;

namespace LeadOrchestrator.Orchestrator.Tests.Cadences;

/// <summary>What is wrong with a cadence is said before it is kept: which step, which field, how to mend it.</summary>
public sealed class CadenceRequestTests
{
    private const string First = "Hi[ {firstName}], {shop} here: {link} Reply STOP to opt out.";

    [Fact]
    public void A_cadence_that_is_right_has_no_fault_and_is_kept_as_it_was_asked_for()
    {
        var request = With(
            new StepRequest("later", "email", null, 4, "11:15", "previous", ["greeting_delivered"], [new StepVariantRequest("calm", 3, "One\n\n{link}", "About {shop}"), new StepVariantRequest(null, null, "Two {link}", "Hi")]),
            new StepRequest("soon", "sms", 45, null, null, null, null, [new StepVariantRequest(null, null, "{shop}: {link}", null)]));
        request.Faults().ShouldBeEmpty();

        var steps = request.ToSteps();
        steps.Select(step => $"{step.Name} {step.Channel} {step.DelayDays} {step.DelayMinutes} {step.At} {step.From}")
            .ShouldBe(["greeting sms 0 0 10:30 arrival", "later email 4 0 11:15 previous", "soon sms 0 45 10:30 arrival"]);
        steps[1].Variants.Select(variant => $"{variant.Name} {variant.Weight}").ShouldBe(["calm 3", "B 1"]);
        steps[1].Conditions.ShouldBe(["greeting_delivered"]);
        steps[2].Variants[0].Subject.ShouldBeNull();
    }

    [Theory]
    [InlineData("Hi {shop}: {link}", "The first text says how to end it")]
    [InlineData("{shop}: {link}[ for your {vehicle}. Reply STOP to opt out]", "The first text says how to end it")]
    [InlineData("{shop}: {link} We never STOP to amaze.", "The first text says how to end it")]
    [InlineData("{shop}: {link} STOP to opt out.", "The first text says how to end it")]
    [InlineData("{shop}: {link} Responda SI.", "The first text says how to end it")]
    [InlineData("Hi {firstName}: {link} Reply STOP to opt out.", "A text names the shop")]
    [InlineData("Hi[ {shop}]: {link} Reply STOP to opt out.", "A text names the shop")]
    [InlineData("{shop} Reply STOP to opt out.", "It holds {link} once")]
    [InlineData("{shop}[ {link}] Reply STOP to opt out.", "It holds {link} once")]
    [InlineData("{shop} {link} {link} Reply STOP to opt out.", "It holds {link} once")]
    [InlineData("{shop} {link} bit.ly/x Reply STOP to opt out.", "{link} is the only address")]
    [InlineData("{shop} {link} https://acme.example Reply STOP to opt out.", "{link} is the only address")]
    [InlineData("{shop} {link} tinturl.app Reply STOP to opt out.", "{link} is the only address")]
    [InlineData("{shop} {link} ACME.CA/deal Reply STOP to opt out.", "{link} is the only address")]
    [InlineData("{shop} {link} youtu.be/x Reply STOP to opt out.", "{link} is the only address")]
    [InlineData("{shop} {link} 192.168.0.1 Reply STOP to opt out.", "{link} is the only address")]
    [InlineData("{shop}: {link}Reply STOP to opt out.", "A space, a line's end or a full stop")]
    [InlineData("{shop}: {link}-Reply STOP to opt out.", "A space, a line's end or a full stop")]
    [InlineData("{shop}: {link}.Reply STOP to opt out.", "A space, a line's end or a full stop")]
    [InlineData("{shop}: {link}[_{vehicle}] Reply STOP to opt out.", "A space, a line's end or a full stop")]
    [InlineData("{shop}: {link}[ {vehicle} ]Reply STOP to opt out.", "A space, a line's end or a full stop")]
    [InlineData("{shop}{link} Reply STOP to opt out.", "A space, a line's end or a full stop")]
    [InlineData("{shop} {price} {link} Reply STOP to opt out.", "{price} is not known")]
    [InlineData("{shop} {link}\u0007 Reply STOP to opt out.", "It holds a control character.")]
    [InlineData("  ", "It has between 1 and 1000 characters.")]
    public void The_first_text_is_lawful_and_can_be_found_again(string text, string fault) =>
        Fault(new CadenceRequest("c", null, [Greeting(text)]), "steps[0].variants[0].text").ShouldStartWith(fault);

    [Theory]
    [InlineData("{shop}: {link} Text \"stop\" to end.")]
    [InlineData("{shop} ({link}). Reply STOP to end.")]
    [InlineData("{shop}:\n{link}\nFrom $2.5/month, 10 a.m./p.m. Reply STOP to end.")]
    [InlineData("Reply STOP to end. {shop}[, {firstName}]: {link}")]
    [InlineData("{shop}: {link}[ for your {vehicle}]. Reply STOP to end.")]
    [InlineData("{shop}: {link} Send STOP to opt out[ for your {vehicle}]")]
    [InlineData("{shop}: {link} Responda STOP para no recibir mas.")]
    [InlineData("{shop}: {link} Envíe ALTO para salir.")]
    [InlineData("{shop}: {link} Responde con ALTO para salir.")]
    public void The_way_to_end_it_may_be_said_in_these_words(string text) => new CadenceRequest("c", null, [Greeting(text)]).Faults().ShouldBeEmpty();

    [Fact]
    public void A_text_has_no_subject()
    {
        var request = With(new StepRequest("soon", "sms", 45, null, null, null, null, [new StepVariantRequest(null, null, "{shop}: {link}", "Your quote")]));

        request.Faults()["steps[1].variants[0].subject"].ShouldBe(["A text has no subject."]);
    }

    [Fact]
    public void Lines_may_end_as_Windows_ends_them()
    {
        var request = new CadenceRequest("c", null, [Greeting("{shop}:\r\n{link}\nReply STOP to opt out.")]);
        request.Faults().ShouldBeEmpty();
        request.ToSteps()[0].Variants[0].Text.ShouldBe("{shop}:\n{link}\nReply STOP to opt out.");
    }

    [Fact]
    public void A_text_of_too_many_segments_is_refused() =>
        Fault(new CadenceRequest("c", null, [Greeting(First + new string('a', 950 - First.Length))]), "steps[0].variants[0].text").ShouldBe("With long names it is more than 6 segments.");

    [Fact]
    public void Its_link_is_as_long_as_it_will_be_sent()
    {
        var request = new CadenceRequest("c", null, [Greeting(First + new string('a', 500 - First.Length))]);
        request.Faults(linkLength: 48).ShouldBeEmpty();
        request.Faults(linkLength: 600).ShouldContainKey("steps[0].variants[0].text");
        (StepEstimate.SizeOf(new string('a', 112) + "{link}", 48).Segments, StepEstimate.SizeOf(new string('a', 112) + "{link}", 49).Segments).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData("Greeting", "sms", 1, null, "name", "A step's name has small letters")]
    [InlineData("a\n", "sms", 1, null, "name", "A step's name has small letters")]
    [InlineData("greeting", "sms", 1, null, "name", "There is a step greeting before it")]
    [InlineData("a", "fax", 1, null, "channel", "A channel is sms or email.")]
    [InlineData("a", "sms", null, null, "delayDays", "A later step has a delay")]
    [InlineData("a", "sms", 1, 10, "delayDays", "A delay is in days or in minutes")]
    [InlineData("a", "sms", 181, null, "delayDays", "A delay has at most 180 days.")]
    [InlineData("a", "sms", null, 1441, "delayMinutes", "A delay has at most 1440 minutes")]
    public void A_later_step_has_a_name_a_channel_and_a_delay(string name, string channel, int? days, int? minutes, string field, string fault) =>
        Fault(With(new StepRequest(name, channel, minutes, days, null, null, null, [new StepVariantRequest(null, null, "{shop} {link}", "s")])), $"steps[1].{field}").ShouldStartWith(fault);

    [Theory]
    [InlineData("25:00", "arrival", null, "at", "An hour is HH:mm")]
    [InlineData("10:00", "yesterday", null, "from", "A delay is counted from arrival or from previous.")]
    [InlineData("10:00", "arrival", "sunny", "conditions", "sunny is no condition; there are not_replied, not_booked")]
    public void Hours_origins_and_conditions_are_known_ones(string at, string from, string? condition, string field, string fault) =>
        Fault(With(new StepRequest("a", "sms", null, 1, at, from, condition is null ? null : [condition], [new StepVariantRequest(null, null, "{shop} {link}", null)])), $"steps[1].{field}")
            .ShouldStartWith(fault);

    [Fact]
    public void Wordings_have_names_and_weights_and_an_email_has_a_subject()
    {
        var faults = With(new StepRequest("a", "email", null, 1, null, null, null,
            [new StepVariantRequest("x y", 0, "{link}", null), new StepVariantRequest("C", null, "{link}", "a\nb"), new StepVariantRequest(null, null, "{link}", "{link}")])).Faults();
        faults.Keys.ShouldBe(
            ["steps[1].variants[0].name", "steps[1].variants[0].weight", "steps[1].variants[0].subject", "steps[1].variants[1].subject", "steps[1].variants[2].name", "steps[1].variants[2].subject"],
            ignoreOrder: true);
    }

    [Fact]
    public void A_cadence_has_steps_and_a_step_has_wordings()
    {
        new CadenceRequest(null, null, null).Faults().Keys.ShouldBe(["name", "steps"]);
        new CadenceRequest("c", null, [null!]).Faults().Keys.ShouldBe(["steps"]);
        new CadenceRequest("c", null, [new StepRequest("greeting", "sms", null, null, null, null, null, [])]).Faults().Keys.ShouldBe(["steps[0].variants"]);
        new CadenceRequest("c", null, [new StepRequest("greeting", "email", 5, null, null, null, ["has_email"], [new StepVariantRequest(null, null, "{link} Reply STOP", "s")])]).Faults().Keys
            .ShouldBe(["steps[0].channel", "steps[0].delayMinutes", "steps[0].conditions"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(-5, null, null, null, "delayMinutes")]
    [InlineData(null, -3, null, null, "delayMinutes")]
    [InlineData(null, null, "half past ten", null, "at")]
    [InlineData(null, null, null, "yesterday", "from")]
    public void The_first_step_has_no_time_of_its_own(int? minutes, int? days, string? at, string? from, string field) =>
        new CadenceRequest("c", null, [Greeting(First) with { DelayMinutes = minutes, DelayDays = days, At = at, From = from }]).Faults().Keys.ShouldBe([$"steps[0].{field}"]);

    [Theory]
    [InlineData(7, null, 3, null, true)]
    [InlineData(1, null, null, 90, true)]
    [InlineData(null, 120, null, 90, true)]
    [InlineData(3, null, 3, null, false)]
    [InlineData(null, 90, 1, null, false)]
    public void Steps_stand_in_the_order_of_their_times(int? days, int? minutes, int? laterDays, int? laterMinutes, bool isFault)
    {
        var faults = With(Later("a", days, minutes), Later("b", laterDays, laterMinutes)).Faults();
        faults.Keys.ShouldBe(isFault ? ["steps[2].delayDays"] : []);
        With(Later("a", days, minutes), Later("b", laterDays, laterMinutes) with { From = "previous" }).Faults().ShouldBeEmpty();
    }

    private static StepRequest Later(string name, int? days, int? minutes) => new(name, "sms", minutes, days, null, null, null, [new StepVariantRequest(null, null, "{shop} {link}", null)]);

    private static string Fault(CadenceRequest request, string field) => request.Faults().ShouldContainKeyAndReturn(field)[0];

    private static CadenceRequest With(params StepRequest[] later) => new("Ours", null, [Greeting(First), .. later]);

    private static StepRequest Greeting(string text) => new("greeting", "sms", null, null, null, null, null, [new StepVariantRequest(null, null, text, null)]);
}

internal static class FaultAssertions
{
    public static string[] ShouldContainKeyAndReturn(this Dictionary<string, string[]> faults, string field)
    {
        faults.ShouldContainKey(field);
        return faults[field];
    }
}
