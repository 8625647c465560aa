using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Signatures as Standard Webhooks 1.0: base64(HMAC-SHA256(key, "{id}.{timestamp}.{body}")) in a list of <c>v1,…</c> entries.</summary>
/// <remarks>
/// That Shopmonkey signs so, and which bytes of the secret are its key, is not verified (docs/HANDOFF.md). Its header names are exactly the standard's;
/// one public integration uses the secret's text itself as the key. So each secret stands for up to three keys.
/// </remarks>
public sealed class StandardWebhookSignature
{
    private const string Prefix = "whsec_";

    // A delivery that is older or newer by more whole seconds is refused.
    private const int Tolerance = 300;

    /// <summary>Without a secret: nothing is valid.</summary>
    public static readonly StandardWebhookSignature None = new([]);

    // As many as two secrets stand for. A refusal costs so many, however many secrets a tenant has.
    private const int MostKeys = 6;

    private readonly byte[][] _keys;

    /// <param name="secrets">The active secrets: one, or two during a rotation.</param>
    public StandardWebhookSignature(IEnumerable<string> secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        _keys = [.. secrets.SelectMany(KeysOf)];
    }

    /// <summary>Is the delivery signed with one of the secrets, and fresh?</summary>
    /// <param name="now">Business time.</param>
    /// <remarks>What does not match costs every key on every entry, whichever came near, and the keys that the tenant does not have: the time of a refusal tells nothing.</remarks>
    public bool IsValid(string id, string timestamp, string signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        var isFresh = long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds < 253_402_300_800
            && Math.Truncate((now - DateTimeOffset.FromUnixTimeSeconds(seconds)).TotalSeconds) is >= -Tolerance and <= Tolerance; // the timestamp has whole seconds
        var head = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        var signed = ArrayPool<byte>.Shared.Rent(head.Length + body.Length);
        try
        {
            head.CopyTo(signed, 0);
            body.CopyTo(signed.AsSpan(head.Length));
            return Matches(signatures, signed.AsSpan(0, head.Length + body.Length)) && isFresh && _keys.Length > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(signed);
        }
    }

    private bool Matches(ReadOnlySpan<char> signatures, ReadOnlySpan<byte> signed)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (var number = 0; number < Math.Max(MostKeys, _keys.Length); number++)
        {
            var isKey = number < _keys.Length;
            HMACSHA256.HashData(isKey ? _keys[number] : NoKey, signed, expected);
            foreach (var entry in signatures.Split(' '))
            {
                var text = signatures[entry];
                if (text.StartsWith("v1,") && Convert.TryFromBase64Chars(text[3..], given, out var length) && length == given.Length
                    && CryptographicOperations.FixedTimeEquals(expected, given) && isKey)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static readonly byte[] NoKey = new byte[32];

    private static IEnumerable<byte[]> KeysOf(string secret)
    {
        // The standard's own form first: it is the likeliest.
        var bare = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        if (Base64.IsValid(bare))
        {
            yield return Convert.FromBase64String(bare);
        }

        yield return Encoding.UTF8.GetBytes(secret);
        if (bare.Length != secret.Length)
        {
            yield return Encoding.UTF8.GetBytes(bare);
        }
    }
}
