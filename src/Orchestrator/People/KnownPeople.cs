namespace LeadOrchestrator.Orchestrator.People;

/// <summary>A new lead, as it is told whose it is.</summary>
public sealed record Newcomer(Guid LeadId, Guid LocationId, string Source, IReadOnlyList<PersonKey> Keys);

/// <summary>A key that is known, with one of the leads of its person.</summary>
/// <param name="HasKey">This lead itself has the key; the person may have it from another.</param>
/// <param name="IsGreeted">It was greeted within the last day, or is about to be.</param>
public sealed record KnownLead(string Kind, string Value, Guid PersonId, Guid LeadId, Guid LocationId, string Source, bool HasKey, bool IsGreeted);

/// <summary>Why a lead was taken for somebody's.</summary>
/// <param name="PersonId">Whose the key is. By email it may be another than the one that the lead joins by its phone.</param>
/// <param name="OtherLeadId">The lead that was there before.</param>
public sealed record PersonMatch(Guid PersonId, Guid LeadId, Guid OtherLeadId, string MatchedBy);

/// <summary>Whose a new lead is.</summary>
/// <param name="IsNew">Nobody with its phone or email was here before.</param>
public sealed record PersonJoin(Guid LeadId, Guid PersonId, bool IsNew, IReadOnlyList<PersonMatch> Matches, IReadOnlyList<PersonKey> NewKeys);

/// <summary>Who is known by which phone and email, and who was greeted where: decides whose a new lead is. No database in it.</summary>
/// <remarks>Two people are never made one: a lead with one's phone and another's email joins the phone's, and both facts are kept.</remarks>
public sealed class KnownPeople
{
    private const string Crm = "shopmonkey";

    private readonly Dictionary<PersonKey, (Guid PersonId, Guid LeadId)> _owners = [];
    private readonly Dictionary<(Guid PersonId, Guid LocationId), List<(Guid LeadId, string Source)>> _greeted = [];

    /// <summary>Learns what the database knows of keys. For a key the lead that has it itself speaks, the newest of several.</summary>
    public void Add(IEnumerable<KnownLead> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        foreach (var one in known.OrderByDescending(one => one.HasKey).ThenByDescending(one => one.LeadId))
        {
            _owners.TryAdd(new PersonKey(one.Kind, one.Value), (one.PersonId, one.LeadId));
            if (one.IsGreeted)
            {
                NoteGreeting(one.PersonId, one.LocationId, one.LeadId, one.Source);
            }
        }
    }

    /// <summary>Whose this lead is. From here on it is known too.</summary>
    public PersonJoin Join(Newcomer newcomer)
    {
        ArgumentNullException.ThrowIfNull(newcomer);
        var matches = newcomer.Keys.Where(_owners.ContainsKey)
            .Select(key => new PersonMatch(_owners[key].PersonId, newcomer.LeadId, _owners[key].LeadId, key.Kind)).ToList();
        var person = matches is [var first, ..] ? first.PersonId : Guid.CreateVersion7();
        List<PersonKey> young = [.. newcomer.Keys.Where(key => _owners.TryAdd(key, (person, newcomer.LeadId)))];
        return new PersonJoin(newcomer.LeadId, person, matches.Count == 0, matches, young);
    }

    /// <summary>
    /// The lead whose greeting makes one for this person at this shop needless; null when there is none. Order after order of the CRM is greeted each time,
    /// as somebody at the shop made them.
    /// </summary>
    public Guid? GreetedBefore(Guid personId, Guid locationId, string source) =>
        _greeted.GetValueOrDefault((personId, locationId))?.FirstOrDefault(greeting => source != Crm || greeting.Source != Crm) is { } other && other.LeadId != Guid.Empty
            ? other.LeadId
            : null;

    /// <summary>This lead is about to be greeted.</summary>
    public void NoteGreeting(Guid personId, Guid locationId, Guid leadId, string source)
    {
        if (!_greeted.TryGetValue((personId, locationId), out var greetings))
        {
            _greeted[(personId, locationId)] = greetings = [];
        }

        greetings.Add((leadId, source));
    }
}
