using System.Buffers;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace LeadOrchestrator.Shared.Auth;

/// <summary>
/// The form of a key for systems: <c>lo_live_</c>, 30 random letters and figures (178 bits), and six that are the CRC-32 of those, so that a typing error and a
/// find of a secret scanner are known without a look-up. Stored is its SHA-256.
/// </summary>
public static class ApiKey
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "lo_live_";

    private const int RandomLength = 30;
    private const int CheckLength = 6;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly SearchValues<char> Letters = SearchValues.Create(Base62);

    /// <summary>A new key.</summary>
    public static string Mint()
    {
        var random = RandomNumberGenerator.GetString(Base62, RandomLength);
        return $"{Prefix}{random}{Check(random)}";
    }

    /// <summary>Whether this has the form of a key.</summary>
    public static bool IsWellFormed(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Length == Prefix.Length + RandomLength + CheckLength && key.StartsWith(Prefix, StringComparison.Ordinal)
            && key.AsSpan(Prefix.Length).IndexOfAnyExcept(Letters) < 0
            && key.EndsWith(Check(key[Prefix.Length..^CheckLength]), StringComparison.Ordinal);
    }

    /// <summary>What is stored of a key.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static string Check(string random)
    {
        var rest = Crc32.HashToUInt32(Encoding.ASCII.GetBytes(random));
        Span<char> letters = stackalloc char[CheckLength];
        for (var place = CheckLength - 1; place >= 0; place--)
        {
            letters[place] = Base62[(int)(rest % (uint)Base62.Length)];
            rest /= (uint)Base62.Length;
        }

        return new string(letters);
    }
}
