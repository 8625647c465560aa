using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Messaging;

namespace LeadOrchestrator.Orchestrator.Cadences;

/// <summary>A wording of a step. <c>text</c> may hold {firstName}, {shop}, {vehicle}, {service} and {link}; a part in [square brackets] is left out when a place in it is empty.</summary>
/// <param name="Name">Unique in the step; left out = A, B, C …</param>
/// <param name="Weight">Its share among the step's wordings, 1 unless said.</param>
/// <param name="Subject">Of an email.</param>
public sealed record StepVariantRequest(string? Name, int? Weight, string? Text, string? Subject)
{
    /// <summary>What else was given.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}

/// <summary>A step of a new cadence. <c>delayDays</c> (then at <c>at</c>, HH:mm on the shop's wall, 10:30 unless said) or <c>delayMinutes</c>, counted <c>from</c> arrival (unless said) or previous.</summary>
/// <param name="Channel">sms or email.</param>
/// <param name="Conditions">not_replied and not_booked, which always hold; has_email, takes_texts, greeting_delivered.</param>
public sealed record StepRequest(
    string? Name, string? Channel, int? DelayMinutes, int? DelayDays, string? At, string? From, string[]? Conditions, StepVariantRequest[]? Variants)
{
    /// <summary>What else was given.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}

/// <summary>A new version of the tenant's cadence, or of one of its shops.</summary>
/// <param name="LocationId">Null: for all shops that have none of their own.</param>
public sealed partial record CadenceRequest(string? Name, Guid? LocationId, StepRequest[]? Steps)
{
    // What a cadence says of itself when it is read, and may say when it is given back changed.
    private static readonly string[] Told = ["id", "version", "isActive", "isBuiltIn", "createdAt", "activatedAt", "mostCostMicros"];
    private static readonly string[] ToldOfAStep = ["when"];
    private static readonly string[] ToldOfAWording = ["estimate"];

    private const int MostSteps = 12;
    private const int MostVariants = 6;
    private const int MostDays = 180;
    private const int MostMinutes = 24 * 60;
    private const int LongestText = 1000;
    private const int LongestSubject = 150;

    // What a carrier takes as one text, and what nobody wants to pay.
    private const int MostSegments = 6;

    /// <summary>What else was given.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary>What is wrong, by field: <c>steps[1].variants[0].text</c>.</summary>
    /// <param name="linkLength">Of a chat link, as it is sent.</param>
    public Dictionary<string, string[]> Faults(int linkLength = StepEstimate.UsualLink)
    {
        var faults = new FaultList();
        faults.NoteOthers("", Others, Told);
        faults.Note("name", string.IsNullOrWhiteSpace(Name) || Name.Length > 100 || HasControl(Name), "A name has between 1 and 100 characters.");
        if (Steps is not { Length: > 0 and <= MostSteps } || Steps.Contains(null))
        {
            faults.Note("steps", true, $"A cadence has between 1 and {MostSteps} steps.");
            return faults.All;
        }

        for (var place = 0; place < Steps.Length; place++)
        {
            JudgeStep(faults, $"steps[{place}]", place, linkLength);
        }

        return faults.All;
    }

    /// <summary>The steps, as they are kept. Only without <see cref="Faults"/>.</summary>
    public IReadOnlyList<Step> ToSteps() => [.. Steps!.Select(step => new Step(step.Name!, step.Channel!)
    {
        DelayMinutes = step.DelayMinutes ?? 0, DelayDays = step.DelayDays ?? 0, At = step.At ?? CadenceTimes.FriendlyHour, From = step.From ?? CadenceTimes.Arrival,
        Conditions = step.Conditions ?? [],
        Variants = [.. step.Variants!.Select((variant, place) => new StepVariant(
            NameOf(variant, place), variant.Weight ?? 1, Lines(variant.Text!).Trim(), step.Channel == "email" ? variant.Subject!.Trim() : null))],
    })];

    private void JudgeStep(FaultList faults, string at, int place, int linkLength)
    {
        var step = Steps![place];
        faults.NoteOthers($"{at}.", step.Others, ToldOfAStep);
        faults.Note($"{at}.name", step.Name is null || !StepName().IsMatch(step.Name), "A step's name has small letters, figures and _, at most 40 of them.");
        faults.Note($"{at}.name", Steps.Take(place).Any(other => other.Name == step.Name), $"There is a step {step.Name} before it; a name is used once.");
        faults.Note($"{at}.channel", step.Channel is not ("sms" or "email"), "A channel is sms or email.");
        if (place == 0)
        {
            faults.Note($"{at}.name", step.Name != Cadence.Greeting, "The first step is called greeting.");
            faults.Note($"{at}.channel", step.Channel == "email", "The first step is a text; whom no text can reach gets it by email in the product's own words.");
            faults.Note($"{at}.delayMinutes", step.DelayMinutes is not (null or 0) || step.DelayDays is not (null or 0), "The first step goes at once.");
            faults.Note($"{at}.at", step.At is not null, "The first step goes at once: it has no hour.");
            faults.Note($"{at}.from", step.From is not (null or CadenceTimes.Arrival), "The first step is counted from arrival.");
            faults.Note($"{at}.conditions", step.Conditions is { Length: > 0 }, "The first step has no conditions.");
        }
        else
        {
            JudgeTime(faults, at, step);
            faults.Note($"{at}.delayDays", Steps.Take(place).Any(earlier => IsLater(earlier, step)),
                "A step before it is due later than this one, counted from arrival: the steps stand in the order of their times.");
        }

        foreach (var condition in step.Conditions ?? [])
        {
            faults.Note($"{at}.conditions", !StepConditions.All.Contains(condition), $"{condition} is no condition; there are {string.Join(", ", StepConditions.All)}.");
        }

        if (step.Variants is not { Length: > 0 and <= MostVariants } || step.Variants.Contains(null))
        {
            faults.Note($"{at}.variants", true, $"A step has between 1 and {MostVariants} wordings.");
            return;
        }

        for (var number = 0; number < step.Variants.Length; number++)
        {
            JudgeVariant(faults, $"{at}.variants[{number}]", step, number, isFirst: place == 0, linkLength);
        }
    }

    private static bool IsLater(StepRequest earlier, StepRequest step) =>
        earlier.From is null or CadenceTimes.Arrival && step.From is null or CadenceTimes.Arrival
        && (earlier.DelayDays ?? 0, earlier.DelayMinutes ?? 0).CompareTo((step.DelayDays ?? 0, step.DelayMinutes ?? 0)) > 0;

    private static void JudgeTime(FaultList faults, string at, StepRequest step)
    {
        faults.Note($"{at}.delayDays", step is { DelayDays: > 0, DelayMinutes: > 0 }, "A delay is in days or in minutes, not in both.");
        faults.Note($"{at}.delayDays", step.DelayDays is < 0 or > MostDays, $"A delay has at most {MostDays} days.");
        faults.Note($"{at}.delayMinutes", step.DelayMinutes is < 0 or > MostMinutes, $"A delay has at most {MostMinutes} minutes; longer ones are in days.");
        faults.Note($"{at}.delayDays", step.DelayDays is null or 0 && step.DelayMinutes is null or 0, "A later step has a delay: delayDays or delayMinutes.");
        faults.Note($"{at}.at", step.At is not null && !CadenceTimes.IsHour(step.At), "An hour is HH:mm, such as 10:30.");
        faults.Note($"{at}.at", step.At is not null && step.DelayDays is null or 0, "An hour belongs to a delay in days.");
        faults.Note($"{at}.from", step.From is not (null or CadenceTimes.Arrival or CadenceTimes.Previous), "A delay is counted from arrival or from previous.");
    }

    private static void JudgeVariant(FaultList faults, string at, StepRequest step, int place, bool isFirst, int linkLength)
    {
        var variant = step.Variants![place];
        faults.NoteOthers($"{at}.", variant.Others, ToldOfAWording);
        variant = variant with { Text = variant.Text is { } written ? Lines(written) : null };
        faults.Note($"{at}.name", variant.Name is not null && !VariantName().IsMatch(variant.Name), "A wording's name has letters, figures, - and _, at most 20 of them.");
        faults.Note($"{at}.name", step.Variants.Take(place).Select(NameOf).Contains(NameOf(variant, place)), "Two wordings have the same name.");
        faults.Note($"{at}.weight", variant.Weight is < 1 or > 100, "A weight is between 1 and 100.");
        var isText = step.Channel == "sms";
        JudgeTemplate(faults, $"{at}.text", variant.Text, LongestText, mayBreak: true);
        faults.Note($"{at}.subject", isText && !string.IsNullOrEmpty(variant.Subject), "A text has no subject.");
        if (!isText)
        {
            JudgeTemplate(faults, $"{at}.subject", variant.Subject, LongestSubject, mayBreak: false);
            faults.Note($"{at}.subject", variant.Subject?.Contains("{link}", StringComparison.Ordinal) == true, "A subject holds no link.");
        }

        if (variant.Text is not { } text || faults.Has($"{at}.text"))
        {
            return;
        }

        faults.Note($"{at}.text", Times(text, "{link}") != 1 || !MessageTemplate.AlwaysHas(text, "link"),
            "It holds {link} once, outside of square brackets: the link leads to the chat, and by it we know later whether the message went out.");
        faults.Note($"{at}.text", !LinkStandsAlone(text), "A space, a line's end or a full stop stands around {link}, whatever is left out: what touches it becomes a part of the address.");
        faults.Note($"{at}.text", Address().IsMatch(text), "{link} is the only address in it: carriers and mailboxes hold back others.");
        faults.Note($"{at}.text", isText && !MessageTemplate.AlwaysHas(text, "shop"), "A text names the shop: {shop}, outside of square brackets.");
        faults.Note($"{at}.text", isFirst && !TextTemplates.SaysHowToStop().IsMatch(MessageTemplate.Always(text)), "The first text says how to end it, outside of square brackets: Reply STOP to opt out.");
        faults.Note($"{at}.text", isText && StepEstimate.Longest(text, linkLength).Segments > MostSegments, $"With long names it is more than {MostSegments} segments.");
    }

    private static void JudgeTemplate(FaultList faults, string field, string? template, int longest, bool mayBreak)
    {
        if (string.IsNullOrWhiteSpace(template) || template.Length > longest)
        {
            faults.Note(field, true, $"It has between 1 and {longest} characters.");
            return;
        }

        faults.Note(field, template.Any(letter => char.IsControl(letter) && !(mayBreak && letter == '\n')), mayBreak ? "It holds a control character." : "It is one line.");
        foreach (var fault in MessageTemplate.Faults(template))
        {
            faults.Note(field, true, fault);
        }
    }

    // As Windows ends them, too.
    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    private static string NameOf(StepVariantRequest variant, int place) => variant.Name ?? ((char)('A' + place)).ToString();

    // With all its parts in square brackets, and with none of them.
    private static bool LinkStandsAlone(string text) =>
        !TouchedLink().IsMatch(text.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)) && !TouchedLink().IsMatch(Part().Replace(text, ""));

    private static int Times(string text, string word) => text.Split(word).Length - 1;

    private static bool HasControl(string text) => text.Any(char.IsControl);

    [GeneratedRegex(@"^[a-z0-9_]{1,40}\z")]
    private static partial Regex StepName();

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,20}\z")]
    private static partial Regex VariantName();

    // What phones make a link of: anything with a dot and a path behind it, and what ends as addresses do.
    [GeneratedRegex(@"://|\bwww\.|\b[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*/\S|\b\d{1,3}(\.\d{1,3}){3}\b|\b[a-z0-9-]+\.(com|net|org|io|co|us|info|biz|ly|me|app|dev|link|shop|store|online|site|page|ai|ca|gl|gd|cc|tv|xyz|club|auto|car|cars|mx)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"[^\s(:,;“""]\{link\}|\{link\}(?![.,;:!?)”""]*(\s|\z))")]
    private static partial Regex TouchedLink();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Part();

    private sealed class FaultList
    {
        private readonly Dictionary<string, List<string>> _all = [];

        public Dictionary<string, string[]> All => _all.ToDictionary(fault => fault.Key, fault => fault.Value.ToArray());

        public bool Has(string field) => _all.ContainsKey(field);

        // A misspelt condition would be none, and its step would go to everybody.
        public void NoteOthers(string at, Dictionary<string, JsonElement>? others, string[] told)
        {
            foreach (var name in others?.Keys.Except(told) ?? [])
            {
                Note($"{at}{name}", true, "There is no such member.");
            }
        }

        public void Note(string field, bool isFault, string sentence)
        {
            if (isFault)
            {
                (_all.TryGetValue(field, out var known) ? known : _all[field] = []).Add(sentence);
            }
        }
    }
}
