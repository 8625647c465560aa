using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>The bytes of an email as text, whatever is said of their character set: a letter that is not read is a "no" that is not heard.</summary>
internal static class MailCharset
{
    private const int Ascii = 20127;
    private const int Latin1 = 28591;
    private const int Unicode = 65001;

    // What mail programs mean by Latin-1: it has all of its letters, and quotation marks where that has controls.
    private static readonly Encoding Windows = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>Reads by the label where that is one of a known set and fits; else as UTF-8, and what is none of that byte by byte as Windows-1252. Nothing becomes a question mark.</summary>
    /// <param name="label">As it was given: perhaps with parameters behind it, wrong, or null.</param>
    public static string Read(byte[] bytes, string? label)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        try
        {
            return EncodingOf(label?.Split(';')[0].Trim(' ', '\t', '"', '\'')) is { } encoding ? encoding.GetString(bytes) : Guess(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Guess(bytes);
        }
    }

    private static string Guess(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var isUtf8 = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done;
            text.Append(isUtf8 ? rune.ToString() : Windows.GetString(bytes[..length]));
            bytes = bytes[length..];
        }

        return text.ToString();
    }

    // Null where the bytes tell more than the label: US-ASCII has no letter above it, and UTF-8 is what is tried first anyway.
    private static Encoding? EncodingOf(string? name)
    {
        if (string.IsNullOrEmpty(name) || Find(name) is not { } encoding)
        {
            return null;
        }

        return encoding.CodePage switch
        {
            Ascii or Unicode => null,
            Latin1 => Windows,
            _ => encoding,
        };
    }

    // "cp1251" is how some programs call windows-1251.
    private static Encoding? Find(string name)
    {
        var known = name.StartsWith("cp125", StringComparison.OrdinalIgnoreCase) ? $"windows-{name[2..]}" : name;
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(known, EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(known, EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }
}
