using System.Text.RegularExpressions;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>A column of a shop's board, as staff see it.</summary>
public sealed record LeadColumn(string Id, string Name);

/// <summary>The columns in which a shop's quote requests arrive, and why it is these.</summary>
/// <param name="IsOwnChoice">The shop named its columns: then nothing else makes an order a lead.</param>
/// <param name="Explanation">A sentence or two for people.</param>
public sealed record ChosenColumns(IReadOnlyList<LeadColumn> Columns, bool IsOwnChoice, string Explanation);

/// <summary>Finds the columns of a board by what shops call them. Pure.</summary>
public static partial class LeadColumns
{
    // What a column of new requests is called: nothing but these words, and at least one that says so by itself or together with another.
    private static readonly HashSet<string> Requests = ["lead", "inquiry", "enquiry"];
    private static readonly HashSet<string> Quotes = ["quote", "request", "estimate", "form"];
    private static readonly HashSet<string> Origins = ["web", "website", "online", "site", "internet"];
    private static readonly HashSet<string> Sources = ["new", "incoming", "inbound", "fresh", "facebook", "google", "instagram", "yelp", "social", "email", "customer", "sale", "and", "from", "the"];

    // Where online bookings land out of the box; looked at only on a board without a column of requests.
    private static readonly HashSet<string> Bookings = ["appointment", "scheduled", "appointment request"];

    private static readonly HashSet<string> Losses =
        ["lost", "dead", "declined", "cancelled", "canceled", "rejected", "ghosted", "unqualified", "disqualified", "not interested", "no sale", "no response", "no answer", "did not book"];

    /// <summary>The columns of this shop in which an order is a lead, the leftmost first.</summary>
    /// <param name="columns">All that the CRM shows; those of other shops do not count, whatever they are called.</param>
    public static ChosenColumns Choose(LocationRules rules, string? locationId, IReadOnlyList<WorkflowStatusRow> columns)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var board = OfLocation(locationId, columns);
        if (rules.WorkflowStatusIds is { Length: > 0 } ids)
        {
            var found = board.Where(column => ids.Contains(column.Id)).ToList();
            var missing = ids.Length - found.Count;
            return new([.. found], true, missing == 0
                ? "These columns were chosen by hand."
                : $"These columns were chosen by hand; {missing} of them the CRM does not show for this shop.");
        }

        if (rules.WorkflowNames is { Length: > 0 } names)
        {
            var wanted = names.Select(Plain).ToHashSet();
            return new([.. board.Where(column => wanted.Contains(Plain(column.Name)))], true, ByName(board, names));
        }

        return ByItself(rules, board);
    }

    /// <summary>Does the shop keep lost requests in this column?</summary>
    public static bool IsForLost(string? name)
    {
        var plain = $" {Plain(name)} ";
        return Losses.Any(word => plain.Contains($" {word} ", StringComparison.Ordinal));
    }

    /// <summary>The columns of this shop's board, from the left: its own, and those that belong to no shop.</summary>
    public static IReadOnlyList<LeadColumn> OfLocation(string? locationId, IReadOnlyList<WorkflowStatusRow> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return [.. columns.Where(column => column.LocationId is null || column.LocationId == locationId)
            .OrderBy(column => column.Position ?? decimal.MaxValue).ThenBy(column => column.Name, StringComparer.Ordinal)
            .Select(column => new LeadColumn(column.Id, ShopmonkeyMapping.Clean(column.Name, 100)))];
    }

    private static ChosenColumns ByItself(LocationRules rules, IReadOnlyList<LeadColumn> board)
    {
        var prefix = rules.NamePrefix.Length > 0 ? $"orders whose name begins with “{rules.NamePrefix}” are leads in any column." : "no order is a lead.";
        var requests = board.Where(column => IsForRequests(column.Name)).ToList();
        if (requests.Count > 0)
        {
            return new(requests, false, $"Found by name: {Names(requests)}. No column was chosen by hand."
                + (rules.HasOwnPrefix ? $" Besides, {prefix}" : ""));
        }

        var bookings = board.Where(column => Bookings.Contains(Plain(column.Name))).ToList();
        return bookings.Count > 0
            ? new(bookings, false, $"No column is called like quote requests, so the one where online bookings land was taken: {Names(bookings)}."
                + (rules.HasOwnPrefix ? $" Besides, {prefix}" : ""))
            : new([], false, board.Count > 0
                ? $"None of the {board.Count} columns is called like quote requests; {prefix}"
                : $"The CRM shows no columns of this shop; {prefix}");
    }

    private static string ByName(IReadOnlyList<LeadColumn> board, string[] names)
    {
        var there = board.Select(column => Plain(column.Name)).ToHashSet();
        var absent = names.Where(name => !there.Contains(Plain(name))).ToList();
        return absent.Count == 0
            ? "These columns were chosen by their names."
            : $"Chosen by name; no column of this shop is called {string.Join(", ", absent.Select(name => $"“{name}”"))}.";
    }

    private static string Names(IEnumerable<LeadColumn> columns) => string.Join(", ", columns.Select(column => $"“{column.Name}”"));

    private static bool IsForRequests(string name)
    {
        var words = Plain(name).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || !words.All(word => Requests.Contains(word) || Quotes.Contains(word) || Origins.Contains(word) || Sources.Contains(word)))
        {
            return false;
        }

        // "Quotes" alone may hold what was sent; "New Quotes", "Quote Requests" and "Web Quotes" hold what came in.
        return words.Any(Requests.Contains)
            || (words.Any(Origins.Contains) && words.Length <= 4)
            || (words.Any(Quotes.Contains) && (words.Contains("new") || words.Contains("incoming") || words.Contains("inbound") || (words.Contains("quote") && words.Contains("request"))));
    }

    /// <summary>Small letters, words alone, each in the singular: “Web-Leads!” and “web lead” are the same.</summary>
    internal static string Plain(string? name) => string.Join(' ', Words().Matches((name ?? "").ToLowerInvariant()).Select(word => Singular(word.Value)));

    private static string Singular(string word) => word switch
    {
        [.., 'i', 'e', 's'] when word.Length > 4 => word[..^3] + "y",
        [.., 's', 's'] => word,
        [.., 's'] when word.Length > 3 => word[..^1],
        _ => word,
    };

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Words();
}
