using System.Globalization;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Sandbox.Models;

/// <summary>What a system prompt says about the shop and the customer. Nothing else is ever known.</summary>
internal sealed partial record PromptFacts(
    string? FirstName, string? Vehicle, string? Interest, string? Shop, string? Phone, string? Address,
    bool MayBook, IReadOnlyList<string> Prices, IReadOnlyList<string> Hours)
{
    /// <summary>The date at the shop.</summary>
    public DateOnly? Today { get; private init; }

    /// <summary>What the customer has booked, and when.</summary>
    public IReadOnlyList<string> Booked { get; private init; } = [];

    public static PromptFacts Read(string prompt) => new(
        First(CustomerName(), prompt),
        First(CustomerVehicle(), prompt)?.Trim(),
        First(CustomerInterest(), prompt)?.Trim(),
        First(ShopName(), prompt)?.Trim(' ', '.', ','),
        ShopPhone().Match(prompt) is { Success: true } phone ? Readable().Replace(phone.Groups[1].Value.Trim(), "($1) $2-$3") : null,
        First(ShopAddress(), prompt)?.Trim(),
        !CannotBook().IsMatch(prompt),
        [.. Price().Matches(prompt).Select(match => Spoken(match.Groups[1].Value.Trim()))],
        [.. HoursLine().Matches(prompt).Select(match => match.Groups[1].Value.Trim())])
    {
        Today = DateOnly.TryParseExact(First(LocalDate(), prompt), "MMMM d, yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var today) ? today : null,
        Booked = [.. BookedLine().Matches(prompt).Select(match => match.Groups[1].Value)],
    };

    // Nobody says 240 minutes.
    private static string Spoken(string price) => Minutes().Replace(price, match =>
        string.Create(CultureInfo.InvariantCulture, $"(about {int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) / 60m:0.#} h)"));

    private static string? First(Regex pattern, string text) =>
        pattern.Match(text) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"(?im)^[\s\-*]*(?:the\s+)?(?:customer(?:'s)?(?:\s+first)?(?:\s+name)?|first\s*name|name\s+of\s+the\s+customer)\s*(?:is|:|=)\s*(?-i:([A-Z][\p{L}'’-]+))")]
    private static partial Regex CustomerName();

    [GeneratedRegex(@"(?im)^[\s\-*]*vehicle\s*(?:is|:|=)\s*((?!not known|unknown)[^\n]{2,60})")]
    private static partial Regex CustomerVehicle();

    [GeneratedRegex(@"(?im)^[\s\-*]*(?:interested in|service|interest)\s*(?:is|:|=)\s*((?!not known|unknown)[^\n]{2,80})")]
    private static partial Regex CustomerInterest();

    [GeneratedRegex(@"(?i)\b(?:cannot|can't|must not|never)\s+book\b")]
    private static partial Regex CannotBook();

    [GeneratedRegex(@"(?im)(?:^[\s\-*]*(?:shop|location|business|store)(?:\s+name)?\s*(?:is|:|=)\s*|assistant\s+(?:of|for|at)\s+)(?-i:(?:the\s+shop\s+)?([A-Z][^\n,.;:(]{2,60}))")]
    private static partial Regex ShopName();

    [GeneratedRegex(@"(?im)^(?![^\n]*customer)[^\n]*(?:phone|call|tel)[^\n\d+(]*((?:\+?1[\s.-]?)?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4})\b")]
    private static partial Regex ShopPhone();

    [GeneratedRegex(@"^\+1(\d{3})(\d{3})(\d{4})$")]
    private static partial Regex Readable();

    [GeneratedRegex(@"(?im)^[\s\-*]*address\s*(?:is|:|=)\s*((?!not known|unknown)[^\n]+)")]
    private static partial Regex ShopAddress();

    // "- NAME: $PRICE …", the form in which the catalog stands in the prompt.
    [GeneratedRegex(@"(?m)^\s*[-*•]\s*([^\n:$]+:\s*\$[\d,]+(?:\.\d\d)?[^\n]*)$")]
    private static partial Regex Price();

    [GeneratedRegex(@"(?m)^Local time at the shop: \w+, (\w+ \d{1,2}, \d{4})")]
    private static partial Regex LocalDate();

    // Without the price.
    [GeneratedRegex(@"(?m)^Booked: (.+?), \$[\d.]+$")]
    private static partial Regex BookedLine();

    [GeneratedRegex(@"\(([6-9]\d|\d{3,4}) min\)")]
    private static partial Regex Minutes();

    // A whole word: a sunroof has a price and no hours.
    [GeneratedRegex(@"(?im)^\s*[-*•]?\s*((?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\b[^\n]*(?:\d{1,2}(?::\d\d)?|closed)[^\n]*)$")]
    private static partial Regex HoursLine();
}
