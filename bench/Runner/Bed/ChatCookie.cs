using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Shared.Auth;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>A customer's sign-in, as the product sets it when the link of a text is opened: a signed token in a cookie of its session.</summary>
internal static class ChatCookie
{
    private static readonly string Head = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    /// <summary>The header line, with its line end.</summary>
    public static string HeaderFor(TestBed bed, Guid session) => HeaderFor(bed.JwtSigningKey, bed.TenantId, session);

    /// <summary>The same for a product with another database.</summary>
    public static string HeaderFor(byte[] signingKey, Guid tenant, Guid session)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["iss"] = Tokens.Issuer,
            ["aud"] = Tokens.ChatAudience,
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + (24 * 3600),
            ["sub"] = session.ToString(),
            [Tokens.TenantClaim] = tenant.ToString(),
        });
        var signed = $"{Head}.{Base64Url.EncodeToString(claims)}";
        var signature = Base64Url.EncodeToString(HMACSHA256.HashData(signingKey, Encoding.ASCII.GetBytes(signed)));
        return $"cookie: chat-{session:N}={signed}.{signature}\r\n";
    }
}
