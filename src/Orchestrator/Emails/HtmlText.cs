using System.Net;
using System.Text;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>The words of an HTML email that has no plain part. Each letter is looked at once, whatever somebody sends.</summary>
internal static class HtmlText
{
    private static readonly HashSet<string> Silent = new(StringComparer.OrdinalIgnoreCase) { "head", "style", "script", "title", "template" };
    private static readonly HashSet<string> Lines = new(StringComparer.OrdinalIgnoreCase) { "br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "hr" };

    /// <summary>Its text up to the first quotation.</summary>
    public static string Of(string html)
    {
        ArgumentNullException.ThrowIfNull(html);
        var text = new StringBuilder();
        // What is opened and never closed is looked for once.
        var unclosed = new HashSet<string>();
        for (var place = 0; place < html.Length;)
        {
            if (html[place] != '<')
            {
                var next = html.IndexOf('<', place) is >= 0 and var open ? open : html.Length;
                text.Append(html, place, next - place);
                place = next;
                continue;
            }

            var end = html.IndexOf('>', place) is >= 0 and var close ? close : html.Length - 1;
            var tag = html.AsSpan(place + 1, Math.Max(0, end - place - 1)).Trim();
            var name = NameOf(tag);
            if (name == "blockquote" || tag.Contains("gmail_quote", StringComparison.Ordinal))
            {
                break;
            }

            if (Lines.Contains(name))
            {
                text.Append('\n');
            }

            place = end + 1;
            if (Silent.Contains(name) && !unclosed.Contains(name))
            {
                var closing = html.IndexOf($"</{name}", end, StringComparison.OrdinalIgnoreCase);
                place = closing >= 0 ? closing : place;
                _ = closing >= 0 || unclosed.Add(name);
            }
        }

        return WebUtility.HtmlDecode(text.ToString()).Replace('\u00a0', ' ');
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
