using System.Buffers.Binary;
using System.Security.Cryptography;
using Npgsql;

namespace LeadOrchestrator.Launcher.Demo;

/// <summary>The seed's INSERTs, on one open transaction. What is there already is left alone.</summary>
internal sealed class SeedRows(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel)
{
    public async Task<Guid?> FindTenantAsync(string slug) =>
        (Guid?)await ScalarAsync("SELECT id FROM tenants WHERE slug = $1", slug);

    public async Task<Guid> TenantAsync(string slug, string name, string timezone)
    {
        var id = Guid.CreateVersion7();
        await RunAsync("INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)", id, slug, name, timezone, now);
        return id;
    }

    public Task UserAsync(Guid tenant, string email, string password, string name, string role) => RunAsync("""
        INSERT INTO users (tenant_id, id, email, password_hash, name, role, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
        """, tenant, Guid.CreateVersion7(), email, HashPassword(password), name, role, now);

    /// <returns>The id of the location with this id in the CRM.</returns>
    public async Task<Guid> LocationAsync(Guid tenant, string externalId, string name, string? phone, string? address, string timezone)
    {
        await RunAsync("""
            INSERT INTO locations (tenant_id, id, external_id, name, phone, address, timezone, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
            ON CONFLICT (tenant_id, external_id) DO NOTHING
            """, tenant, Guid.CreateVersion7(), externalId, name, phone, address, timezone, now);
        return (Guid)(await ScalarAsync("SELECT id FROM locations WHERE tenant_id = $1 AND external_id = $2", tenant, externalId))!;
    }

    /// <summary>The week, a short day and Christmas, unless the location has hours.</summary>
    public async Task HoursAsync(Guid tenant, Guid location, SeedHours hours)
    {
        if (await ScalarAsync("SELECT 1 FROM location_hours WHERE tenant_id = $1 AND location_id = $2 LIMIT 1", tenant, location) is not null)
        {
            return;
        }

        for (short weekday = 1; weekday <= 6; weekday++)
        {
            var (opens, closes) = weekday < 6 ? hours.Weekday : hours.Saturday;
            await RunAsync("""
                INSERT INTO location_hours (tenant_id, id, location_id, weekday, opens, closes) VALUES ($1, $2, $3, $4, $5, $6)
                """, tenant, Guid.CreateVersion7(), location, weekday, new TimeOnly(opens, 0), new TimeOnly(closes, 0));
        }

        var inAWeek = DateOnly.FromDateTime(now.UtcDateTime).AddDays(7);
        var christmas = new DateOnly(inAWeek.Year, 12, 25);
        await ExceptionAsync(tenant, location, christmas, null, "Christmas Day");
        if (inAWeek != christmas)
        {
            await ExceptionAsync(tenant, location, inAWeek, hours.ShortDay, "Staff training");
        }
    }

    /// <summary>Whether the tenant has keys of its own at some vendor.</summary>
    public async Task<bool> HasKeysAsync(Guid tenant) =>
        await ScalarAsync("SELECT 1 FROM vendor_credentials WHERE tenant_id = $1 LIMIT 1", tenant) is not null;

    private Task<int> ExceptionAsync(Guid tenant, Guid location, DateOnly date, (int Opens, int Closes)? hours, string note) => RunAsync("""
        INSERT INTO location_hours_exceptions (tenant_id, id, location_id, date, closed, opens, closes, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """, tenant, Guid.CreateVersion7(), location, date, hours is null,
        hours is { } open ? new TimeOnly(open.Opens, 0) : null, hours is { } closed ? new TimeOnly(closed.Closes, 0) : null, note);

    public Task ServiceAsync(Guid tenant, Guid location, CrmService service) => RunAsync("""
        WITH added AS (
            INSERT INTO service_catalog
                (tenant_id, id, location_id, external_id, name, description, price_cents, duration_minutes, bookable, source, valid_from, updated_at,
                 crm_name, crm_description, crm_price_cents, crm_duration_minutes, crm_bookable, crm_state, crm_version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true, 'crm', $9, $9, $5, $6, $7, $8, true, 'offered', 0)
            ON CONFLICT (tenant_id, location_id, external_id) DO NOTHING
            RETURNING tenant_id, id, price_cents, active, source, valid_from
        )
        INSERT INTO service_prices (tenant_id, id, service_id, ordinal, price_cents, active, source, valid_from)
        SELECT tenant_id, id, id, 1, price_cents, active, source, valid_from FROM added
        """, tenant, Guid.CreateVersion7(), location, service.Id, service.Name, service.Description, service.PriceCents, service.DurationMinutes, now);

    public async Task LeadAsync(Guid tenant, Guid location, string externalId, SeedLead seed)
    {
        var (contact, lead, asked) = (Guid.CreateVersion7(), Guid.CreateVersion7(), now.AddDays(-seed.DaysAgo));
        await RunAsync(
            "INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)", tenant, contact, seed.Phone, asked);
        await RunAsync("""
            INSERT INTO leads (tenant_id, id, location_id, contact_id, source, external_id, status, first_name, last_name, phone, phone_type,
                vehicle, service_interest, timezone, external_created_at, first_contacted_at, created_at, updated_at)
            VALUES ($1, $2, $3, $4, 'import', $5, $6, $7, $8, $9, 'mobile', $10, $11, 'America/New_York', $12, $13, $12, $13)
            """, tenant, lead, location, contact, externalId, seed.Status, seed.FirstName, seed.LastName, seed.Phone,
            seed.Vehicle, seed.Service, asked, asked.AddMinutes(1));
        await RunAsync("""
            INSERT INTO consent_events (tenant_id, id, contact_id, lead_id, kind, channel, source, wording, occurred_at)
            VALUES ($1, $2, $3, $4, 'inquiry', 'crm', 'demo', 'Asked for a quote', $5)
            """, tenant, Guid.CreateVersion7(), contact, lead, asked);
        await ConversationAsync(tenant, lead, seed.Messages, asked);
    }

    private async Task ConversationAsync(Guid tenant, Guid lead, (string Role, string Content)[] messages, DateTimeOffset asked)
    {
        var session = Guid.CreateVersion7();
        await RunAsync("""
            INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, last_seq, opened_at, created_at, updated_at) VALUES ($1, $2, $3, 'closed', $4, $5, $5, $6)
            """, tenant, session, lead, (long)messages.Length, asked.AddMinutes(2), asked.AddMinutes(2 + messages.Length));
        for (var i = 0; i < messages.Length; i++)
        {
            long? covers = messages[i].Role == "assistant" ? i : null;
            await RunAsync("""
                INSERT INTO chat_messages (tenant_id, id, session_id, seq, role, channel, content, status, covers_seq, created_at, completed_at)
                VALUES ($1, $2, $3, $4, $5, 'chat', $6, 'complete', $7, $8, $8)
                """, tenant, Guid.CreateVersion7(), session, i + 1L, messages[i].Role, messages[i].Content, covers, asked.AddMinutes(2 + i));
        }
    }

    /// <summary>The format of ASP.NET Core Identity's hasher, version 3, which the sign-in reads: marker, PRF, rounds, salt length, salt, key.</summary>
    private static string HashPassword(string password)
    {
        const int rounds = 100_000;
        var salt = RandomNumberGenerator.GetBytes(16);
        var key = Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA512, 32);
        var hash = new byte[13 + salt.Length + key.Length];
        hash[0] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(1), 2); // HMAC-SHA512
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(5), rounds);
        BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(9), (uint)salt.Length);
        salt.CopyTo(hash, 13);
        key.CopyTo(hash, 13 + salt.Length);
        return Convert.ToBase64String(hash);
    }

    private Task<int> RunAsync(string sql, params object?[] values) => Command(sql, values).ExecuteNonQueryAsync(cancel);

    private Task<object?> ScalarAsync(string sql, params object?[] values) => Command(sql, values).ExecuteScalarAsync(cancel);

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
