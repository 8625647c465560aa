using System.Text;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>
/// Words with places in them: <c>{firstName}</c>, <c>{shop}</c>, <c>{vehicle}</c>, <c>{service}</c>, <c>{link}</c>. What stands in <c>[square brackets]</c> is left out when a place
/// in it is empty. Nothing else is understood, and what is filled in is never read again.
/// </summary>
public static class MessageTemplate
{
    /// <summary>The places that there are.</summary>
    public static readonly IReadOnlyList<string> Places = ["firstName", "shop", "vehicle", "service", "link"];

    /// <summary>What is wrong with a template, as sentences; none = it can be filled in.</summary>
    public static IEnumerable<string> Faults(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        var depth = 0;
        for (var place = 0; place < template.Length; place++)
        {
            switch (template[place])
            {
                case '[' when ++depth > 1:
                    yield return "A part in square brackets cannot hold another one.";
                    yield break;
                case ']' when --depth < 0:
                    yield return "A square bracket is closed that was never opened.";
                    yield break;
                case '}':
                    yield return "A curly bracket is closed that was never opened.";
                    yield break;
                case '{':
                    var end = template.IndexOf('}', place);
                    if (end < 0)
                    {
                        yield return "A curly bracket is not closed.";
                        yield break;
                    }

                    if (template[(place + 1)..end] is var name && !Places.Contains(name))
                    {
                        yield return $"{{{name}}} is not known; there are {string.Join(", ", Places.Select(known => $"{{{known}}}"))}.";
                    }

                    place = end;
                    break;
            }
        }

        if (depth > 0)
        {
            yield return "A square bracket is not closed.";
        }
    }

    /// <summary>Whether the place is filled in, whatever else is empty: it stands outside of square brackets.</summary>
    public static bool AlwaysHas(string template, string place) => Always(template).Contains($"{{{place}}}", StringComparison.Ordinal);

    /// <summary>What of it stands whatever is empty: all outside of square brackets.</summary>
    public static string Always(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        var always = new StringBuilder();
        var depth = 0;
        foreach (var letter in template)
        {
            depth += letter == '[' ? 1 : letter == ']' ? -1 : 0;
            always.Append(depth == 0 ? letter : ' ');
        }

        return always.ToString();
    }

    /// <summary>Fills a template in that has no <see cref="Faults"/>.</summary>
    /// <param name="value">What stands in a place; empty = nothing is known.</param>
    public static string Fill(string template, Func<string, string> value)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(value);
        var filled = new StringBuilder(template.Length + 80);
        var (partBegins, partIsEmpty) = (-1, false);
        for (var place = 0; place < template.Length; place++)
        {
            switch (template[place])
            {
                case '[':
                    (partBegins, partIsEmpty) = (filled.Length, false);
                    break;
                case ']':
                    filled.Length = partIsEmpty ? partBegins : filled.Length;
                    partBegins = -1;
                    break;
                case '{':
                    var end = template.IndexOf('}', place);
                    var word = value(template[(place + 1)..end]);
                    partIsEmpty |= partBegins >= 0 && word.Length == 0;
                    filled.Append(word);
                    place = end;
                    break;
                default:
                    filled.Append(template[place]);
                    break;
            }
        }

        return filled.ToString();
    }
}
