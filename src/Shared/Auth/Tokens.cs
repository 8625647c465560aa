using System.Globalization;
using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LeadOrchestrator.Shared.Auth;

/// <summary>Makes and checks the two kinds of token: a staff member's access token and a customer's chat session.</summary>
/// <remarks>Both are JWTs with one key; the audience keeps them apart, so that neither is taken for the other.</remarks>
public sealed class Tokens(SigningKey signingKey, TimeProvider clock)
{
    /// <summary>Issuer of every token.</summary>
    public const string Issuer = "lead-orchestrator";

    /// <summary>Audience of staff access tokens.</summary>
    public const string StaffAudience = "staff";

    /// <summary>Audience of chat sessions.</summary>
    public const string ChatAudience = "chat";

    /// <summary>Claim: the tenant's id.</summary>
    public const string TenantClaim = "tenant";

    /// <summary>Claim: the chat code that a session was opened with.</summary>
    public const string CodeClaim = "code";

    /// <summary>Claim: the staff member's role.</summary>
    public const string RoleClaim = "role";

    /// <summary>How long a staff access token lasts.</summary>
    public static readonly TimeSpan StaffLifetime = TimeSpan.FromHours(8);

    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };

    /// <summary>An access token for a staff member, and when it ends.</summary>
    public (string Token, DateTimeOffset ExpiresAt) ForStaff(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        var expiresAt = clock.GetUtcNow() + StaffLifetime;
        return (Create(StaffAudience, user.Id, user.TenantId, expiresAt, new Claim(RoleClaim, user.Role)), expiresAt);
    }

    /// <summary>The content of a chat session's cookie.</summary>
    /// <param name="codeId">Of the link that opened it.</param>
    public string ForChat(Guid tenantId, Guid sessionId, Guid codeId, DateTimeOffset expiresAt) =>
        Create(ChatAudience, sessionId, tenantId, expiresAt, new Claim(CodeClaim, codeId.ToString()));

    /// <summary>Who a token speaks for, or null when it is not ours, not of this audience, or over.</summary>
    public async Task<TokenIdentity?> ReadAsync(string token, string audience)
    {
        var result = await Handler.ValidateTokenAsync(token, Validation(audience));
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt
            || !Guid.TryParse(jwt.Subject, out var subject)
            || !Guid.TryParse(Claim(jwt, TenantClaim), out var tenantId))
        {
            return null;
        }

        return new TokenIdentity(tenantId, subject, Claim(jwt, RoleClaim), jwt.IssuedAt, Guid.TryParse(Claim(jwt, CodeClaim), out var code) ? code : null);
    }

    private string Create(string audience, Guid subject, Guid tenantId, DateTimeOffset expiresAt, params Claim[] more)
    {
        var now = clock.GetUtcNow();
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = expiresAt.UtcDateTime,
            Subject = new ClaimsIdentity([new("sub", subject.ToString()), new(TenantClaim, tenantId.ToString()), .. more]),
            SigningCredentials = signingKey.Credentials,
        });
    }

    // The default clock skew of five minutes would let an ended token live on; and the lifetime is judged by business time, like its making.
    private TokenValidationParameters Validation(string audience) => new()
    {
        ValidIssuer = Issuer,
        ValidAudience = audience,
        IssuerSigningKey = signingKey.Key,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        LifetimeValidator = (notBefore, expires, _, _) =>
            clock.GetUtcNow().UtcDateTime is var now && notBefore <= now + Skew && expires > now - Skew,
    };

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private static string? Claim(JsonWebToken jwt, string name) =>
        jwt.TryGetPayloadValue<string>(name, out var value) ? value?.ToString(CultureInfo.InvariantCulture) : null;
}

/// <summary>Who a token speaks for.</summary>
/// <param name="Subject">The user of a staff token, the session of a chat token.</param>
/// <param name="Role">Of a staff token only.</param>
/// <param name="CodeId">Of a chat token only: the link that it was opened with; null in one from before this was noted.</param>
public sealed record TokenIdentity(Guid TenantId, Guid Subject, string? Role, DateTime IssuedAt, Guid? CodeId = null);
