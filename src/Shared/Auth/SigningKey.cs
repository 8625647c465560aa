using LeadOrchestrator.Shared.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace LeadOrchestrator.Shared.Auth;

/// <summary>The key that signs staff tokens and chat cookies: <c>JWT_SIGNING_KEY</c>, else the one that migrate put into the database.</summary>
public sealed class SigningKey(LeadDatabase database, PlatformSettings settings)
{
    private SymmetricSecurityKey? _key;

    /// <summary>The key; known after the start.</summary>
    public SymmetricSecurityKey Key => _key ?? throw new InvalidOperationException("The signing key is not loaded yet");

    /// <summary>For signing with HMAC-SHA256, the one algorithm that is accepted.</summary>
    public SigningCredentials Credentials => new(Key, SecurityAlgorithms.HmacSha256);

    internal async Task LoadAsync(CancellationToken cancel)
    {
        var bytes = settings.JwtSigningKey ?? Convert.FromBase64String(
            (await database.DoorAsync<string>("SELECT value FROM platform_settings WHERE name = 'jwt_signing_key'", null, cancel))
            .SingleOrDefault() ?? throw new OldSchemaException(0));
        _key = new SymmetricSecurityKey(bytes);
    }
}
