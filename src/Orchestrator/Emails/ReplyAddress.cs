using System.Security.Cryptography;
using System.Text.RegularExpressions;
using LeadOrchestrator.Orchestrator.Messaging;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>
/// The address to which an email is answered: the sender's own with a token behind a plus, <c>hello+{token}@shop.example</c>. Whoever writes there has our email.
/// </summary>
/// <remarks>
/// Mail hosts put such an address into the box of the plain one, so that an answer gets to the shop even where nobody has set up Inbound Parse. Small letters and figures
/// alone: some hosts and programs write addresses small.
/// </remarks>
public static partial class ReplyAddress
{
    // 128 bits.
    private const int Figures = 32;

    // RFC 5321.
    private const int LongestLocalPart = 64;

    /// <summary>A fresh one for an email, and the hash under which its token is kept. Null when the sender's address has no room for it.</summary>
    public static (string Address, byte[] Hash)? For(string fromEmail)
    {
        ArgumentNullException.ThrowIfNull(fromEmail);
        var at = fromEmail.LastIndexOf('@');
        if (at <= 0 || at + 1 + Figures > LongestLocalPart || fromEmail.AsSpan(0, at).ContainsAny('+', '"'))
        {
            return null;
        }

        var token = RandomNumberGenerator.GetHexString(Figures, lowercase: true);
        return ($"{fromEmail[..at]}+{token}{fromEmail[at..]}", ChatCode.Hash(token));
    }

    /// <summary>The hashes of the tokens in a text that holds addresses: at most ten, each once, in their order.</summary>
    public static IReadOnlyList<byte[]> HashesIn(string addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        return [.. Token().Matches(addresses).Select(match => match.Groups[1].Value.ToLowerInvariant()).Distinct().Take(10).Select(ChatCode.Hash)];
    }

    [GeneratedRegex(@"\+([0-9a-fA-F]{32})@", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
