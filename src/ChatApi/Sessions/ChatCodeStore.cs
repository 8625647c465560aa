using System.Security.Cryptography;
using System.Text;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.ChatApi.Sessions;

/// <summary>The code of a chat link, found.</summary>
/// <param name="TraceParent">The trace of the text that carried it.</param>
public sealed record ChatCode(Guid TenantId, Guid LeadId, string? TraceParent);

/// <summary>Reads the table <c>chat_codes</c>, which the Orchestrator writes. A code is known by its SHA-256 alone.</summary>
public sealed class ChatCodeStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>What the code opens, or null when it is wrong, expired or revoked.</summary>
    public async Task<ChatCode?> FindAsync(string code, CancellationToken cancel)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(code));
        foreach (var (tenantId, id) in await database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM find_chat_code(@hash)", new { hash }, cancel))
        {
            var found = await database.FirstOrDefaultAsync<ChatCode>(tenantId, """
                SELECT c.tenant_id, c.lead_id, t.trace_parent
                FROM chat_codes c
                LEFT JOIN message_attempts a ON a.tenant_id = c.tenant_id AND a.id = c.attempt_id
                LEFT JOIN touch_points t ON t.tenant_id = a.tenant_id AND t.id = a.touch_point_id
                WHERE c.tenant_id = @tenantId AND c.id = @id AND c.revoked_at IS NULL AND c.expires_at > @now
                """, new { id, now = clock.GetUtcNow() }, cancel);
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }
}
