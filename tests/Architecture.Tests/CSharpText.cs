using System.Text;

namespace LeadOrchestrator.Architecture.Tests;

/// <summary>A C# file taken apart: its code without comments and texts, and its texts. Enough of the language for rules about words.</summary>
internal sealed class CSharpText
{
    private readonly string _text;
    private readonly StringBuilder _code = new();
    private readonly List<(string Text, int Line)> _strings = [];
    private int _at;

    public CSharpText(string text)
    {
        _text = text;
        Read();
        Code = _code.ToString();
    }

    /// <summary>The file with comments and the content of strings left out; lines stay where they are.</summary>
    public string Code { get; }

    /// <summary>What stands in string literals, as it is written (an interpolated one with its holes), and the line where each begins.</summary>
    public IReadOnlyList<(string Text, int Line)> Strings => _strings;

    private void Read()
    {
        while (_at < _text.Length)
        {
            if (Sees("//"))
            {
                Skip(Until("\n", _at));
            }
            else if (Sees("/*"))
            {
                Skip(Until("*/", _at + 2) + 2);
            }
            else if (_text[_at] == '\'' && CharacterEnd() is { } end)
            {
                Skip(end);
            }
            else if (StringStart() is { } quote)
            {
                ReadString(quote);
            }
            else
            {
                _code.Append(_text[_at++]);
            }
        }
    }

    private bool Sees(string words) => string.CompareOrdinal(_text, _at, words, 0, words.Length) == 0;

    private int Until(string words, int from) => _text.IndexOf(words, Math.Min(from, _text.Length), StringComparison.Ordinal) is >= 0 and var found ? found : _text.Length;

    private void Skip(int end)
    {
        end = Math.Min(end, _text.Length);
        _code.Append('\n', _text.AsSpan(_at, end - _at).Count('\n'));
        _at = end;
    }

    private int? CharacterEnd()
    {
        var close = _at + 1 < _text.Length && _text[_at + 1] == '\\' ? Until("'", _at + 3) : _at + 2;
        return close < _text.Length && _text[close] == '\'' ? close + 1 : null;
    }

    /// <summary>Where the first quote is, when a string begins here (with its $ and @).</summary>
    private int? StringStart()
    {
        var quote = _at;
        while (quote < _text.Length && _text[quote] is '$' or '@')
        {
            quote++;
        }

        return quote < _text.Length && _text[quote] == '"' ? quote : null;
    }

    private void ReadString(int quote)
    {
        var line = _text.AsSpan(0, _at).Count('\n') + 1;
        var prefix = _text[_at..quote];
        var quotes = 0;
        while (quote + quotes < _text.Length && _text[quote + quotes] == '"')
        {
            quotes++;
        }

        var start = quote + (quotes >= 3 ? quotes : 1);
        var end = quotes >= 3 ? Until(new string('"', quotes), start) : quotes == 2 && !prefix.Contains('@') ? start : End(start, prefix);
        _strings.Add((_text[start..Math.Min(end, _text.Length)], line));
        _code.Append("\"\"");
        Skip(end + (quotes >= 3 ? quotes : 1));
    }

    /// <summary>Where the closing quote of an ordinary or verbatim string is. Quotes inside an interpolation's hole do not count.</summary>
    private int End(int at, string prefix)
    {
        var (isVerbatim, isInterpolated, depth) = (prefix.Contains('@'), prefix.Contains('$'), 0);
        for (; at < _text.Length; at++)
        {
            switch (_text[at])
            {
                case '\\' when !isVerbatim:
                    at++;
                    break;
                case '{' when isInterpolated && depth == 0 && Next(at) == '{':
                case '}' when isInterpolated && depth == 0 && Next(at) == '}':
                case '"' when isVerbatim && depth == 0 && Next(at) == '"':
                    at++;
                    break;
                case '{' when isInterpolated:
                    depth++;
                    break;
                case '}' when isInterpolated && depth > 0:
                    depth--;
                    break;
                case '"' when depth > 0:
                    at = End(at + 1, "");
                    break;
                case '"':
                    return at;
            }
        }

        return _text.Length;
    }

    private char Next(int at) => at + 1 < _text.Length ? _text[at + 1] : '\0';
}
