using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>The exchange code in a text's link: 144 random bits, so 24 letters. It is known here only while it is sent; stored is its SHA-256.</summary>
public static partial class ChatCode
{
    /// <summary>Letters of a code.</summary>
    public const int Length = 24;

    /// <summary>A code lets people in for this long (business time).</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    /// <summary>A new code.</summary>
    public static string Mint() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18));

    /// <summary>What is stored of a code.</summary>
    public static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));

    /// <summary>The codes in a text, by which the vendor's list is searched for an attempt.</summary>
    public static IEnumerable<string> In(string body) => Link().Matches(body).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"/c/([A-Za-z0-9_-]{24})")]
    private static partial Regex Link();
}
