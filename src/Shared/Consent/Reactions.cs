using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Consent;

/// <summary>
/// Reads reactions: a thumb on a text comes from an iPhone as a text of its own, <c>Liked “…”</c>, and from an Android phone as <c>👍 to “…”</c>. What stands between the quotes are our words
/// and not the customer's, "Reply STOP to opt out" among them.
/// </summary>
public static partial class Reactions
{
    /// <summary>What a text quotes, if it has the form of a reaction; null = it has not. Whether it is one, only the text that it quotes can tell: <see cref="IsTo"/>.</summary>
    public static string? Quoted(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Form().Match(Invisible().Replace(text, "")) is { Success: true } form ? form.Groups[1].Value : null;
    }

    /// <summary>Is the quoted part this text of ours, or its beginning? Long ones are cut. By its words: quotes, accents and blanks change on the way; nor is a link compared, of which we keep only the place.</summary>
    public static bool IsTo(string sent, string quoted)
    {
        ArgumentNullException.ThrowIfNull(sent);
        ArgumentNullException.ThrowIfNull(quoted);
        return Words(quoted) is { Length: > 0 } words && Words(sent).StartsWith(words, StringComparison.Ordinal);
    }

    private static string Words(string text) => PlainWords.Of(Link().Replace(text, " "));

    [GeneratedRegex(
        "^\\s*(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted (?:with )?.{1,30}? to|removed .{1,30}? from"
        + "|(?:no )?le (?:ha )?(?:gusta|gust[oó]|encanta|encant[oó])|le (?:dio|da) risa|se r(?:i[oó]|[ií]e) de|(?:enfatiz|destac|cuestion)[oó]|(?:exclam|pregunt)[oó] por|dud[oó] (?:sobre|de)"
        + "|indic[oó] que .{1,30}?|reaccion[oó] con .{1,30}? a|(?:quit|elimin)[oó] .{1,40}? (?:de|a))"
        + "|[^\\p{L}\\p{N}\"“«]{1,30}(?:to|a|removed from|eliminad[oa] de))\\s*[\"“«](.+?)[\"”»]?\\s*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Form();

    // Google's phones put blanks without width around their emoji.
    [GeneratedRegex("[\u200B\u200E\u200F\u2060\uFEFF]")]
    private static partial Regex Invisible();

    [GeneratedRegex(@"https?://\S*|\{link\}")]
    private static partial Regex Link();
}
