using System.Text;

namespace LeadOrchestrator.Bench.Driving;

/// <summary>Times inside a text, as 16 digits of <see cref="MonotonicClock"/> behind a letter: what is measured travels with what is said.</summary>
internal static class TokenStamp
{
    /// <summary>When a token left the model.</summary>
    public const string Left = "t=";

    /// <summary>When the model had the question; in an answer's first token, right before <see cref="Left"/>.</summary>
    public const string Asked = "q=";

    private const int Digits = 16;

    /// <summary>From one stamp's letter to the letter of the stamp behind it, with a space in between.</summary>
    private const int Stride = Length + 1;

    /// <summary>Bytes of a stamp.</summary>
    public const int Length = 2 + Digits;

    // The first digit is a zero for the next thirty years of uptime: it makes a stray "t=" improbable.
    private static ReadOnlySpan<byte> LeftMark => "t=0"u8;

    /// <summary>Fills in the time behind a stamp's letter.</summary>
    public static void Write(Span<byte> text, string letter, long micros)
    {
        Span<byte> mark = stackalloc byte[2];
        Encoding.ASCII.GetBytes(letter, mark);
        var at = text.LastIndexOf(mark) + 2;
        for (var digit = at + Digits - 1; digit >= at; digit--)
        {
            text[digit] = (byte)('0' + (micros % 10));
            micros /= 10;
        }
    }

    /// <summary>Finds the next token's time.</summary>
    /// <param name="end">Behind the stamp.</param>
    /// <param name="asked">When the model had the question; null unless it is the answer's first token.</param>
    /// <returns>Null: there is no whole stamp any more.</returns>
    public static long? Find(ReadOnlySpan<byte> text, int from, out int end, out long? asked)
    {
        (end, asked) = (from, null);
        var at = text[from..].IndexOf(LeftMark);
        if (at < 0 || from + at + Length > text.Length)
        {
            return null;
        }

        at += from;
        end = at + Length;
        asked = at >= Stride && text[at - Stride] == 'q' ? Read(text[(at - Stride + 2)..]) : null;
        return Read(text[(at + 2)..]);
    }

    private static long Read(ReadOnlySpan<byte> digits)
    {
        var value = 0L;
        foreach (var digit in digits[..Digits])
        {
            value = (value * 10) + digit - '0';
        }

        return value;
    }
}
