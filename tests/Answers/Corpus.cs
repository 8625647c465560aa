using System.Text.Json;
using System.Text.Json.Serialization;
using LeadOrchestrator.Testing;
using NodaTime;
using NodaTime.Text;

namespace LeadOrchestrator.Answers;

/// <summary>A customer and what they want of the assistant, with everything that a machine can judge of its answers.</summary>
/// <param name="Name">What it is about; unique in its kind.</param>
/// <param name="Customer">What the customer says, turn by turn. <see cref="TapsConfirm"/> and <see cref="TapsCancel"/> are taps on the newest card instead.</param>
public sealed record Exchange(string Name, IReadOnlyList<string> Customer)
{
    /// <summary>A turn that is the customer's tap on Confirm.</summary>
    public const string TapsConfirm = "(taps Confirm)";

    /// <summary>A turn that is the customer's tap on Cancel.</summary>
    public const string TapsCancel = "(taps Cancel)";

    /// <summary>What the answers must say, each in one of its forms (separated by <c>|</c>). <c>$399</c> and <c>08:00</c> stand for every notation of that amount or time.</summary>
    public IReadOnlyList<string> Says { get; init; } = [];

    /// <summary>What they must never say.</summary>
    public IReadOnlyList<string> NeverSays { get; init; } = [];

    /// <summary>Tools that must be called.</summary>
    public IReadOnlyList<string> Calls { get; init; } = [];

    /// <summary>Tools with an effect that may be called. Those that only read always may.</summary>
    public IReadOnlyList<string> MayCall { get; init; } = [];

    /// <summary>Tools that must not be called, those that only read among them.</summary>
    public IReadOnlyList<string> NeverCalls { get; init; } = [];

    /// <summary>Must a slot be held at the end? Null: nobody asks.</summary>
    public bool? Holds { get; init; }

    /// <summary>Must an appointment stand at the end? Null: none may that was not there before.</summary>
    public bool? Books { get; init; }

    /// <summary>An appointment that the customer has before they write: on the shop's wall, <c>2026-11-24T10:00</c>.</summary>
    public string? Booked { get; init; }

    /// <summary>The language of the answers: en or es.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Most words of an answer.</summary>
    public int MostWords { get; init; } = 120;

    /// <summary>What the shop's CRM says of the customer, where that matters.</summary>
    public LeadData? Lead { get; init; }

    /// <summary>The Sandbox's scripted model gives it too: <c>./run test</c> holds it to that.</summary>
    public bool Scripted { get; init; }

    /// <summary>The kind of its file.</summary>
    [JsonIgnore]
    public string Kind { get; init; } = "";

    /// <summary>When it happens, on the shop's wall.</summary>
    [JsonIgnore]
    public LocalDateTime At { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Kind}: {Name}";
}

/// <summary>What the CRM says of a customer.</summary>
public sealed record LeadData
{
    /// <summary>Of the customer.</summary>
    public string FirstName { get; init; } = "Ann";

    /// <summary>Their car.</summary>
    public string Vehicle { get; init; } = "2021 Honda Civic";

    /// <summary>What they asked the shop for.</summary>
    public string Interest { get; init; } = "Full Car Ceramic Tint";
}

/// <summary>The conversations of <c>tests/Answers/conversations</c>, one file for each kind.</summary>
public static class Corpus
{
    /// <summary>Every tool with an effect: to be called only where a conversation allows it.</summary>
    public static IReadOnlyList<string> Effects { get; } = ["book", "reschedule", "fetch_person", "stop_contacting_me", "correct_my_contact_data"];

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>All of them, in the order of their files.</summary>
    public static IReadOnlyList<Exchange> Read() =>
        [.. Directory.GetFiles(Repository.Path("tests", "Answers", "conversations"), "*.json").Order(StringComparer.Ordinal).SelectMany(ReadFile)];

    private static IEnumerable<Exchange> ReadFile(string path)
    {
        var file = JsonSerializer.Deserialize<CorpusFile>(File.ReadAllText(path), Options) ?? throw new JsonException($"{path} is empty");
        var at = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(file.At).GetValueOrThrow();
        return file.Conversations.Select(exchange => exchange with { Kind = file.Kind, At = at });
    }

    private sealed record CorpusFile(string Kind, string At, IReadOnlyList<Exchange> Conversations);
}
