using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Identity;

namespace LeadOrchestrator.Shared.Auth;

/// <summary>A member of staff. <see cref="Role"/>: platform_admin, owner, manager, advisor.</summary>
public sealed record User(Guid TenantId, Guid Id, string Email, string PasswordHash, string Name, string Role, DateTimeOffset? DisabledAt)
{
    /// <inheritdoc />
    public override string ToString() => $"{nameof(User)} {Id}";
}

/// <summary>The words for roles.</summary>
public static class Roles
{
    /// <summary>Runs the installation; acts in the default tenant, or in the one that X-Tenant-Id names.</summary>
    public const string PlatformAdmin = "platform_admin";

    /// <summary>Owns the franchise.</summary>
    public const string Owner = "owner";

    /// <summary>Runs its shops.</summary>
    public const string Manager = "manager";

    /// <summary>Talks to its customers.</summary>
    public const string Advisor = "advisor";

    /// <summary>Who may change how a franchise works, and see what its customers sent: for <c>AuthorizeAttribute.Roles</c>.</summary>
    public const string Managing = $"{PlatformAdmin},{Owner},{Manager}";

    /// <summary>Not a person: a system with a key.</summary>
    public const string ApiKey = "api_key";
}

/// <summary>The table <c>users</c>.</summary>
public sealed class UserStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>Fewest characters of a password that somebody chooses: what NIST SP 800-63B (revision 3, 5.1.1.2) asks for at least.</summary>
    public const int ShortestPassword = 8;

    private static readonly PasswordHasher<User> Hasher = new();

    // Each check is slow on purpose. Who is staff of more franchises than this names the one.
    private const int MostChecked = 10;

    // Checked when there is no such user, so that the answer takes as long as for a wrong password.
    private static readonly string NobodysHash = Hasher.HashPassword(null!, "nobody");

    /// <summary>The users with this email and password, the oldest first; none when one of both is wrong, and which is not told.</summary>
    /// <param name="tenantId">Only the one of this franchise, if they are staff there. Platform administrators act in every franchise, so they are found whichever is named.</param>
    public async Task<IReadOnlyList<User>> SignInAsync(string email, string password, Guid? tenantId, CancellationToken cancel)
    {
        var named = await NamedAsync(email, tenantId, cancel);
        List<User> found = [.. named.Take(MostChecked).Where(user => Hasher.VerifyHashedPassword(user, user.PasswordHash, password) != PasswordVerificationResult.Failed)];
        if (named.Count == 0)
        {
            Hasher.VerifyHashedPassword(null!, NobodysHash, password);
        }

        return found;
    }

    private async Task<IReadOnlyList<User>> NamedAsync(string email, Guid? tenantId, CancellationToken cancel)
    {
        var all = await database.DoorAsync<(Guid TenantId, Guid Id)>("SELECT tenant_id, id FROM find_users_by_email(@email)", new { email }, cancel);
        var isStaffThere = all.Any(user => user.TenantId == tenantId);
        var users = new List<User>();
        foreach (var (home, id) in all.Where(user => !isStaffThere || user.TenantId == tenantId))
        {
            var user = await database.FirstOrDefaultAsync<User>(home, """
                SELECT tenant_id, id, email, password_hash, name, role, disabled_at FROM users WHERE tenant_id = @tenantId AND id = @id
                """, new { id }, cancel);
            if (user is { DisabledAt: null } && (tenantId is null || isStaffThere || user.Role == Roles.PlatformAdmin))
            {
                users.Add(user);
            }
        }

        return users;
    }

    /// <summary>Makes the first platform administrator, unless the installation has one, in whichever tenant, or the tenant has a user with this email.</summary>
    /// <returns>Was one made?</returns>
    public async Task<bool> AddFirstAdministratorAsync(Guid tenantId, string email, string password, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        await transaction.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended('first_platform_administrator', 0))", null, cancel);
        if (await transaction.FirstOrDefaultAsync<Guid?>("SELECT id FROM first_platform_administrator()", null, cancel) is not null)
        {
            return false;
        }

        var isMade = await AddAsync(transaction, email, password, "Administrator", Roles.PlatformAdmin, cancel);
        await transaction.CommitAsync(cancel);
        return isMade;
    }

    /// <summary>Makes a user, unless the tenant has one with this email.</summary>
    /// <returns>Was one made?</returns>
    public async Task<bool> AddAsync(Guid tenantId, string email, string password, string name, string role, CancellationToken cancel)
    {
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        var isMade = await AddAsync(transaction, email, password, name, role, cancel);
        await transaction.CommitAsync(cancel);
        return isMade;
    }

    /// <summary>The same in the transaction that also makes the tenant.</summary>
    public async Task<bool> AddAsync(TenantTransaction transaction, string email, string password, string name, string role, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return await transaction.ExecuteAsync("""
            INSERT INTO users (tenant_id, id, email, password_hash, name, role, created_at, updated_at)
            VALUES (@tenantId, @id, lower(@email), @passwordHash, @name, @role, @now, @now)
            ON CONFLICT (tenant_id, email) DO NOTHING
            """,
            new { id = Guid.CreateVersion7(), email, passwordHash = Hasher.HashPassword(null!, password), name, role, now = clock.GetUtcNow() }, cancel) == 1;
    }
}
