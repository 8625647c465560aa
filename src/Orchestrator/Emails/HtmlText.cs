using System.Net;
using System.Text;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>The words of an HTML email that has no plain part. Each letter is looked at once, whatever somebody sends.</summary>
internal static class HtmlText
{
    private static readonly HashSet<string> Silent = new(StringComparer.OrdinalIgnoreCase) { "head", "style", "script", "title", "template" };
    private static readonly HashSet<string> Lines = new(StringComparer.OrdinalIgnoreCase) { "br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "hr" };

    private const string LastOfOurs = "/unsubscribe/";

    /// <summary>Its text up to the first quotation.</summary>
    public static string Of(string html)
    {
        ArgumentNullException.ThrowIfNull(html);
        var text = new StringBuilder();
        // What is opened and never closed is looked for once.
        var unclosed = new HashSet<string>();
        var isAsItStands = false;
        for (var place = 0; place < html.Length;)
        {
            if (html[place] != '<')
            {
                var next = html.IndexOf('<', place) is >= 0 and var open ? open : html.Length;
                Append(text, html.AsSpan(place, next - place), isAsItStands);
                place = next;
                continue;
            }

            var end = html.IndexOf('>', place) is >= 0 and var close ? close : html.Length - 1;
            var tag = html.AsSpan(place + 1, Math.Max(0, end - place - 1)).Trim();
            var name = NameOf(tag);
            if (name == "blockquote" || IsQuotation(tag))
            {
                break;
            }

            if (Lines.Contains(name))
            {
                text.Append('\n');
            }

            isAsItStands = name == "pre" || (isAsItStands && !tag.StartsWith("/pre", StringComparison.OrdinalIgnoreCase));
            // Our last words: the link itself, as in plain text, and not its label, which would say "unsubscribe" for them.
            var last = name == "a" ? tag.IndexOf(LastOfOurs, StringComparison.Ordinal) : -1;
            if (last >= 0)
            {
                Append(text, " ", isAsItStands: false);
                text.Append(AddressAt(tag, last)).Append(' ');
            }

            place = end + 1;
            if ((last >= 0 || Silent.Contains(name)) && !unclosed.Contains(name))
            {
                var closing = html.IndexOf($"</{name}", end, StringComparison.OrdinalIgnoreCase);
                place = closing >= 0 ? closing : place;
                _ = closing >= 0 || unclosed.Add(name);
            }
        }

        return WebUtility.HtmlDecode(text.ToString()).Replace('\u00a0', ' ');
    }

    // Mail programs break the lines of their source anywhere: outside of <pre> a run of blanks and line ends is one blank.
    private static void Append(StringBuilder text, ReadOnlySpan<char> words, bool isAsItStands)
    {
        foreach (var letter in words)
        {
            if (isAsItStands || letter is not (' ' or '\t' or '\r' or '\n'))
            {
                text.Append(letter);
            }
            else if (text.Length > 0 && text[^1] is not (' ' or '\n'))
            {
                text.Append(' ');
            }
        }
    }

    // Of Gmail, Outlook on the web, Outlook and Yahoo.
    private static bool IsQuotation(ReadOnlySpan<char> tag) => tag.Contains("gmail_quote", StringComparison.Ordinal) || tag.Contains("appendonsend", StringComparison.Ordinal)
        || tag.Contains("divRplyFwdMsg", StringComparison.Ordinal) || tag.Contains("yahoo_quoted", StringComparison.Ordinal);

    // The address that holds a place of the tag.
    private static ReadOnlySpan<char> AddressAt(ReadOnlySpan<char> tag, int place)
    {
        var (start, end) = (tag[..place].LastIndexOfAny("\"'= ") + 1, tag[place..].IndexOfAny("\"' "));
        return end < 0 ? tag[start..] : tag[start..(place + end)];
    }

    private static string NameOf(ReadOnlySpan<char> tag)
    {
        var length = 0;
        while (length < tag.Length && char.IsAsciiLetterOrDigit(tag[length]))
        {
            length++;
        }

        return tag[..length].ToString().ToLowerInvariant();
    }
}
