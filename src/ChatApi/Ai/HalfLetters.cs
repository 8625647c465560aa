using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Ai;

/// <summary>Joins the halves of characters that a vendor has cut: a server that sends UTF-16 units one by one writes an emoji as the end of one string of JSON and the beginning of the next.</summary>
internal sealed partial class HalfLetters
{
    private string _first = "";

    /// <summary>The next line of the stream. A first half at a string's end waits for the second one; one that finds no other goes, since nothing can read it.</summary>
    public string Joined(string line) => line.Contains("\\ud", StringComparison.OrdinalIgnoreCase) ? Escape().Replace(line, match => Joined(line, match)) : line;

    private string Joined(string line, Match match)
    {
        if (match.Groups["first"].Success)
        {
            _first = IsQuote(line, match.Index + match.Length) ? match.Value : _first;
            return "";
        }

        if (match.Groups["second"].Success)
        {
            var whole = _first.Length > 0 && IsQuote(line, match.Index - 1) ? _first + match.Value : "";
            _first = "";
            return whole;
        }

        return match.Value;
    }

    private static bool IsQuote(string line, int place) => place > 0 && place < line.Length && line[place] == '"' && line[place - 1] != '\\';

    // Whole ones first; every other escape is gone over, so that "\\\\ud83d" is what it says.
    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<first>\\u[dD][89abAB][0-9a-fA-F]{2})|(?<second>\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\.")]
    private static partial Regex Escape();
}
