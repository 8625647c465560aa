using LeadOrchestrator.Shared.Appointments;
using LeadOrchestrator.Shared.Catalog;
using LeadOrchestrator.Shared.Hours;
using NodaTime;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>A time that the customer holds or has booked, and that is not over.</summary>
/// <param name="PriceCents">US cents, as the catalog had it when the slot was taken.</param>
/// <param name="Service">Its name today.</param>
/// <param name="IsHeld">Nobody has confirmed it yet.</param>
public sealed record TakenSlot(DateTimeOffset StartsAt, long PriceCents, string Service, bool IsHeld)
{
    /// <summary>Where it is; null = at the conversation's own shop.</summary>
    public OtherShop? Elsewhere { get; init; }

    /// <summary>When it begins, by the clock of its shop.</summary>
    /// <param name="hours">Those of the conversation's shop.</param>
    public LocalDateTime Local(LocationHours hours)
    {
        ArgumentNullException.ThrowIfNull(hours);
        return Elsewhere is { } other ? BookingWords.Local(StartsAt, other.Timezone) : hours.Local(StartsAt);
    }
}

/// <summary>Another shop than the one that a conversation is with.</summary>
/// <param name="Timezone">IANA name.</param>
public sealed record OtherShop(string Shop, string Timezone);

/// <summary>What is true of a shop and a conversation while an answer is said. Nothing of it comes from the model or the customer, but the name of the car.</summary>
/// <param name="Now">The instant of the answer.</param>
/// <param name="Vehicle">The customer's car: its numbers ("Silverado 1500") are no money. It excuses no amount that says that it is one.</param>
/// <param name="Hosts">Hosts that a link may lead to.</param>
public sealed record TruthFacts(
    IReadOnlyList<CatalogItem> Catalog, LocationHours Hours, DateTimeOffset Now, string ShopName, string? Phone, string? Address, string Vehicle, Deeds Done,
    IReadOnlyList<string> Hosts)
{
    /// <summary>What is larger is no price, and nobody need count so far.</summary>
    internal const decimal Largest = 1_000_000_000;

    private readonly HashSet<long> _prices = [.. Catalog.Select(item => item.PriceCents)];

    /// <summary>What the customer holds or has booked: their times are compared, and their prices stay sayable when the catalog has changed.</summary>
    public IReadOnlyList<TakenSlot> Slots { get; init; } = [];

    /// <summary>What the customer wrote since the last answer: what a bare yes says. Only read, and never believed.</summary>
    public string? Asked { get; init; }

    /// <summary>Digits of the shop's phone number, without the country's.</summary>
    public string PhoneDigits { get; } = DigitsOf(Phone);

    /// <summary>The address in small letters without punctuation.</summary>
    public string PlainAddress { get; } = string.Join(' ', (Address ?? "").ToLowerInvariant().Split([' ', ',', '.', '#', '\n'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Names with digits that belong to a thing, in small letters: services and the car. Longest first.</summary>
    public IReadOnlyList<string> NamesWithDigits { get; } = [.. Catalog.Select(item => item.Name).Append(ShopName).Concat(IsCar(Vehicle, Catalog) ? [Vehicle, WithoutYear(Vehicle)] : [])
        .Select(GuardText.Normalize).Where(name => name.Any(char.IsAsciiDigit) && name.Any(char.IsLetter)).Distinct().OrderByDescending(name => name.Length)];

    /// <summary>The words and numbers of the car's name, in small letters; none of a price or a service, whatever the customer calls the car.</summary>
    internal IReadOnlySet<string> VehicleWords { get; } = WordsOfCar(Vehicle, WordsOf(Catalog));

    /// <summary>The services by their names in small letters, with the prices of each: there is one for each class of vehicles. Longest first.</summary>
    internal IReadOnlyList<(string Name, IReadOnlyList<long> Cents)> PricesByName { get; } = [.. Catalog.GroupBy(item => GuardText.Normalize(item.Name).Trim())
        .Where(group => group.Key.Length > 0).OrderByDescending(group => group.Key.Length).Select(group => (group.Key, (IReadOnlyList<long>)[.. group.Select(item => item.PriceCents)]))];

    /// <summary>What the shop lists for nothing, by its whole name and by the word that says what it is; and the same of what costs something.</summary>
    internal (IReadOnlyList<string> Free, IReadOnlyList<string> FreeWords, IReadOnlyList<string> Paid, IReadOnlyList<string> PaidWords) Names { get; } = NamesOf(Catalog);

    /// <summary>Is this a price of the shop, in dollars?</summary>
    public bool IsListed(decimal dollars) => dollars < Largest && dollars * 100 is var cents && cents == decimal.Truncate(cents)
        && (_prices.Contains((long)cents) || Slots.Any(slot => slot.PriceCents == (long)cents));

    private static (IReadOnlyList<string> Free, IReadOnlyList<string> FreeWords, IReadOnlyList<string> Paid, IReadOnlyList<string> PaidWords) NamesOf(IReadOnlyList<CatalogItem> catalog)
    {
        var paid = Of(item => item.PriceCents != 0);
        var free = Of(item => item.PriceCents == 0).Except(paid).ToList();
        return (free, [.. free.Select(LastWord)], paid, [.. paid.Select(LastWord).Except(free.Select(LastWord))]);

        List<string> Of(Func<CatalogItem, bool> isWanted) =>
            [.. catalog.Where(isWanted).Select(item => GuardText.Normalize(item.Name).Trim()).Where(name => name.Length > 0).Distinct().OrderByDescending(name => name.Length)];

        static string LastWord(string name) => name[(name.LastIndexOf(' ') + 1)..];
    }

    internal static string DigitsOf(string? phone)
    {
        var digits = new string([.. (phone ?? "").Where(char.IsAsciiDigit)]);
        return digits is ['1', ..] && digits.Length == 11 ? digits[1..] : digits;
    }

    // "2021 Tint for 99" is no car: beside such a name every number would be one.
    private static bool IsCar(string vehicle, IReadOnlyList<CatalogItem> catalog) =>
        WordsOf(catalog) is var services && !GuardText.Read(vehicle).Tokens.Any(token => IsOfSale(token, services) || token.IsWord(MoneyWords.Fillers));

    private static HashSet<string> WordsOfCar(string vehicle, HashSet<string> services) =>
        [.. GuardText.Read(vehicle).Tokens.Where(token => token.Kind != TokenKind.Symbol && !IsOfSale(token, services)).Select(token => token.Text)];

    private static bool IsOfSale(Token token, HashSet<string> services) => token.Kind == TokenKind.Word
        && (services.Contains(token.Text) || token.IsWord(MoneyWords.Price) || token.IsWord(MoneyWords.Currency) || token.IsWord(MoneyWords.After) || token.IsWord(MoneyWords.Jobs) || token.IsWord(MoneyWords.CarParts));

    private static HashSet<string> WordsOf(IReadOnlyList<CatalogItem> catalog) =>
        [.. catalog.SelectMany(item => GuardText.Read(item.Name).Tokens).Where(token => token.Kind == TokenKind.Word).Select(token => token.Text)];

    private static string WithoutYear(string vehicle) => vehicle.Length > 5 && vehicle[..4].All(char.IsAsciiDigit) && vehicle[4] == ' ' ? vehicle[5..] : vehicle;
}
