using System.Text.RegularExpressions;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>The last line of defence before a log: what looks like a person's data, a capability link or a key is struck out.</summary>
/// <remarks>
/// The first line is that our own messages carry ids alone. This one is for exceptions and libraries, whose words we don't choose.
/// </remarks>
public static partial class Redaction
{
    /// <summary>The text without phones, emails, chat and unsubscribe codes, credentials and vendors' keys.</summary>
    public static string Scrub(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = Link().Replace(text, "$1[redacted]");
        text = Secret().Replace(text, "[redacted]");
        text = Email().Replace(text, "[email]");
        return Phone().Replace(text, "[phone]");
    }

    /// <summary>A request path that may be kept in a trace: capability links lose their code.</summary>
    public static string Path(string path) => PathOfLink().Replace(path, "$1[redacted]");

    // Routes are found in any letters. People copy a code with the bracket or the quotation mark before it. A route's own pattern ({code}) may be read.
    [GeneratedRegex(@"(/c/|/unsubscribe/)(?!\{\w{1,10}\})[^\p{L}\p{N}\s]*[^\s/""'?#]+", RegexOptions.IgnoreCase)]
    private static partial Regex Link();

    // What stands in a path up to the next slash is the code, whatever it looks like.
    [GeneratedRegex("(/c/|/unsubscribe/)/*[^/]+", RegexOptions.IgnoreCase)]
    private static partial Regex PathOfLink();

    [GeneratedRegex(@"(?<=Bearer )[A-Za-z0-9_\-.=]+|(?<=Basic )[A-Za-z0-9+/=]+|\beyJ[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*|\bSG\.[A-Za-z0-9_\-.]+|\bsk-[A-Za-z0-9_\-]+|\bwhsec_[A-Za-z0-9+/=]+|\blo_live_[A-Za-z0-9]+|(?<=[Pp]assword=)[^;\s]+|(?<=://[^:/@\s]+:)[^@\s]+(?=@)")]
    private static partial Regex Secret();

    [GeneratedRegex(@"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+")]
    private static partial Regex Email();

    // +15125550123 (in a URL %2B15125550123), and US numbers as people write them; not the digit groups of ids, times or addresses.
    [GeneratedRegex(@"((?<![\w+])\+|%2[Bb])[1-9][0-9]{7,14}(?!\w)|(?<![\w\-.:])((\+?1[ .\-]?)?(\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .\-])[2-9][0-9]{2}[ .\-][0-9]{4}|[2-9][0-9]{2}[2-9][0-9]{6})(?![\w\-:])")]
    private static partial Regex Phone();
}
