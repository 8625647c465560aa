using System.Security.Cryptography;
using System.Text;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.ChatApi.Sessions;

/// <summary>The code of a chat link, found.</summary>
/// <param name="TraceParent">The trace of the text that carried it.</param>
public sealed record ChatCode(Guid TenantId, Guid Id, Guid LeadId, string? TraceParent);

/// <summary>Reads the table <c>chat_codes</c>, which the Orchestrator writes. A code is known by its SHA-256 alone.</summary>
public sealed class ChatCodeStore(LeadDatabase database, TimeProvider clock)
{
    // Nobody took it back, and the number or address that it went to is the lead's still: one that was wrong, and was put right since, is a stranger's.
    private const string Stands = """
        FROM chat_codes c
        JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
        LEFT JOIN message_attempts a ON a.tenant_id = c.tenant_id AND a.id = c.attempt_id
        LEFT JOIN touch_points t ON t.tenant_id = a.tenant_id AND t.id = a.touch_point_id
        WHERE c.tenant_id = @tenantId AND c.id = @id AND c.revoked_at IS NULL AND (a.id IS NULL OR a.address = l.phone OR lower(a.address) = lower(trim(l.email)))
        """;

    /// <summary>What the code opens, or null when it is wrong, expired or revoked, or went to somebody else.</summary>
    public async Task<ChatCode?> FindAsync(string code, CancellationToken cancel)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(code));
        foreach (var (tenantId, id) in await database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM find_chat_code(@hash)", new { hash }, cancel))
        {
            var found = await database.FirstOrDefaultAsync<ChatCode>(
                tenantId, $"SELECT c.tenant_id, c.id, c.lead_id, t.trace_parent {Stands} AND c.expires_at > @now", new { id, now = clock.GetUtcNow() }, cancel);
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>May what this code has opened stay open? Its own end says nothing: that is of opening.</summary>
    public async Task<bool> StandsAsync(Guid tenantId, Guid id, CancellationToken cancel) =>
        await database.FirstOrDefaultAsync<int?>(tenantId, $"SELECT 1 {Stands}", new { id }, cancel) is not null;
}
