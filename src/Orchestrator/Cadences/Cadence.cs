using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LeadOrchestrator.Orchestrator.Cadences;

/// <summary>One of the wordings of a step. Which one a lead gets is decided by its id.</summary>
/// <param name="Weight">Its share among the step's wordings.</param>
/// <param name="Text">The template: the text, or the paragraphs of an email.</param>
/// <param name="Subject">Of an email.</param>
public sealed record StepVariant(string Name, int Weight, string Text, string? Subject = null);

/// <summary>One planned message: when, by which channel, in which words.</summary>
/// <param name="Name">Unique within a cadence, and so within a lead.</param>
/// <param name="Channel">sms or email.</param>
public sealed record Step(string Name, string Channel)
{
    /// <summary>Minutes after <see cref="From"/>, for a step of the same day.</summary>
    public int DelayMinutes { get; init; }

    /// <summary>Days of the shop's calendar after <see cref="From"/>; then it is due at <see cref="At"/>, on no Sunday, and never on the day of the step before it.</summary>
    public int DelayDays { get; init; }

    /// <summary>The hour of a step that is counted in days, on the shop's wall: HH:mm.</summary>
    public string At { get; init; } = CadenceTimes.FriendlyHour;

    /// <summary>arrival (of the lead) or previous (the end of the step before).</summary>
    public string From { get; init; } = CadenceTimes.Arrival;

    /// <summary>What must hold when it is due (<see cref="StepConditions"/>); otherwise it is left out, and the next step comes.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>Its wordings, at least one.</summary>
    public IReadOnlyList<StepVariant> Variants { get; init; } = [];

    /// <summary>The wording of this name; that of a step which was planned without one is the first.</summary>
    public StepVariant Variant(string? name) => Variants.FirstOrDefault(variant => variant.Name == name) ?? Variants[0];

    /// <summary>The wording that a lead gets: the same whenever and wherever it is asked, and over many leads in the proportion of the weights.</summary>
    public StepVariant VariantFor(Guid leadId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{leadId}/{Name}"));
        var place = (int)(BinaryPrimitives.ReadUInt32BigEndian(hash) % (uint)Variants.Sum(variant => variant.Weight));
        foreach (var variant in Variants)
        {
            place -= variant.Weight;
            if (place < 0)
            {
                return variant;
            }
        }

        return Variants[0];
    }
}

/// <summary>A version of the sequence of steps that a lead gets. It never changes.</summary>
/// <param name="Id">Null: the product's own.</param>
public sealed record Cadence(Guid? Id, IReadOnlyList<Step> Steps)
{
    /// <summary>The name of the first step of every cadence: a text, at once. Whom no text can reach gets it by email.</summary>
    public const string Greeting = "greeting";

    /// <summary>How the API names the product's own one.</summary>
    public static readonly Guid UsualId = new("00000000-0000-7000-8000-000000000001");

    /// <summary>After it was due; then a step is let go as <c>expired</c>. It may wait over a night and a Sunday for its legal hour, and no longer.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(72);

    /// <summary>For tenants that have none of their own: the greeting at once, a text on the next day, an email on the third, a last text after a week.</summary>
    public static readonly Cadence Usual = new(null,
    [
        new Step(Greeting, "sms")
        {
            Variants = [new("usual", 1, "Hi[ {firstName}], this is {shop}. Thanks for your quote request[ for your {vehicle}]! "
                + "Ask us anything, prices and times included, here: {link} Reply STOP to opt out.")],
        },
        new Step("next_day", "sms")
        {
            DelayDays = 1,
            Variants = [new("usual", 1, "Hi[ {firstName}], {shop} here. Your quote[ for your {vehicle}] is a tap away; prices and open times too: {link} Reply STOP to opt out.")],
        },
        new Step("day_3", "email")
        {
            DelayDays = 3,
            Variants = [new("usual", 1,
                "Hi[ {firstName}],\n\nYou asked us for a quote[ for your {vehicle}]. If a question is still open, ask it here; you get prices and times right away:\n\n{link}",
                "Your quote at {shop}")],
        },
        new Step("day_7", "sms")
        {
            DelayDays = 7,
            Variants = [new("usual", 1, "Hi[ {firstName}], a last note from {shop}: we are glad to help[ with your {vehicle}] whenever you like. {link} Reply STOP to opt out.")],
        },
    ]);

    /// <summary>The step of this name, or null.</summary>
    public Step? Find(string name) => Steps.FirstOrDefault(step => step.Name == name);

    /// <summary>The step after the one of this name; null when it was the last, or is none of this cadence.</summary>
    public Step? After(string name) => Steps.SkipWhile(step => step.Name != name).Skip(1).FirstOrDefault();
}
