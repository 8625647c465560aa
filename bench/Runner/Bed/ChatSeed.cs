using System.Globalization;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>Conversations, alike in both databases: the same sessions, the same texts, and the messages of all sessions mixed in the order of time.</summary>
internal static class ChatSeed
{
    /// <summary>Messages in each session.</summary>
    public const int PerSession = 50;

    private const string Text = "'Message ' || m || ' of session ' || g || ': ' || repeat('lorem ipsum dolor ', 8)";

    /// <summary>The id of a session; both have the same.</summary>
    /// <param name="number">From 1.</param>
    public static Guid SessionId(int number) => Guid.Parse($"00000000-0000-7000-8000-{number:000000000000}");

    /// <summary>Writes them. Whatever conversations there are go first.</summary>
    public static Task WriteAsync(TestBed bed, int sessions, CancellationToken cancel) =>
        WriteAsync(bed.Databases.Product, bed.TenantId, bed.Databases.Peer, sessions, cancel);

    /// <summary>The same in other databases.</summary>
    public static async Task WriteAsync(string product, Guid tenant, string peer, int sessions, CancellationToken cancel)
    {
        await Databases.ExecuteAsync(peer, Peer(sessions), cancel);
        await Databases.ExecuteAsync(product, Product(tenant, sessions), cancel);
        foreach (var database in new[] { peer, product })
        {
            await Databases.ExecuteAsync(database, "VACUUM ANALYZE chat_sessions", cancel);
            await Databases.ExecuteAsync(database, "VACUUM ANALYZE chat_messages", cancel);
        }

        // What the seeding left to be written to disk shall not be written during the first round.
        await Databases.ExecuteAsync(product, "CHECKPOINT", cancel);
    }

    private static string Peer(int sessions) => $"""
        TRUNCATE chat_sessions, chat_messages;
        INSERT INTO chat_sessions (id, lead_id)
        SELECT ('00000000-0000-7000-8000-' || lpad(g::text, 12, '0'))::uuid, 1 + g % 1000 FROM generate_series(1, {Number(sessions)}) g;
        INSERT INTO chat_messages (session_id, role, content, model, input_tokens, output_tokens, cost_micros)
        SELECT ('00000000-0000-7000-8000-' || lpad(g::text, 12, '0'))::uuid, CASE WHEN m % 2 = 1 THEN 'user' ELSE 'assistant' END, {Text},
            CASE WHEN m % 2 = 0 THEN 'claude-sonnet-5-5' END, CASE WHEN m % 2 = 0 THEN 300 END, CASE WHEN m % 2 = 0 THEN 60 END,
            CASE WHEN m % 2 = 0 THEN 1800 END
        FROM generate_series(1, {PerSession}) m, generate_series(1, {Number(sessions)}) g
        ORDER BY m, g
        """;

    /// <summary>The product's.</summary>
    internal static string Product(Guid tenant, int sessions) => $"""
        TRUNCATE chat_sessions, chat_messages, chat_events, ai_calls CASCADE;
        INSERT INTO locations (tenant_id, id, external_id, name, timezone, created_at, updated_at)
        VALUES ('{tenant}', '01900000-0000-7000-8000-000000000001', 'bench-chat', 'Acme Tint Austin', 'America/Chicago', now(), now())
        ON CONFLICT DO NOTHING;
        INSERT INTO leads (tenant_id, id, location_id, source, external_id, status, first_name, vehicle, service_interest, timezone,
            external_created_at, created_at, updated_at)
        SELECT '{tenant}', ('01900000-0000-7000-9000-' || lpad(g::text, 12, '0'))::uuid, '01900000-0000-7000-8000-000000000001', 'shopmonkey', 'bench-chat-' || g,
            'engaged', 'Ann', '2019 Toyota Camry', 'Brake service', 'America/Chicago', now(), now(), now()
        FROM generate_series(1, {Number(sessions)}) g
        ON CONFLICT DO NOTHING;
        INSERT INTO chat_sessions (tenant_id, id, lead_id, mode, last_seq, asked_seq, answered_seq, created_at, updated_at)
        SELECT '{tenant}', ('00000000-0000-7000-8000-' || lpad(g::text, 12, '0'))::uuid, ('01900000-0000-7000-9000-' || lpad(g::text, 12, '0'))::uuid, 'ai',
            {PerSession}, {PerSession}, {PerSession}, now(), now()
        FROM generate_series(1, {Number(sessions)}) g;
        INSERT INTO chat_messages (tenant_id, id, session_id, seq, role, channel, content, status, client_message_id, covers_seq, finish_reason,
            provider, model, input_tokens, output_tokens, cache_read_tokens, cost_micros, created_at, completed_at)
        SELECT '{tenant}', ('01900000-0000-7000-8000-' || lpad(to_hex((m - 1) * {Number(sessions)}::bigint + g), 12, '0'))::uuid,
            ('00000000-0000-7000-8000-' || lpad(g::text, 12, '0'))::uuid, m, CASE WHEN m % 2 = 1 THEN 'customer' ELSE 'assistant' END, 'chat', {Text},
            'complete', CASE WHEN m % 2 = 1 THEN gen_random_uuid() END, CASE WHEN m % 2 = 0 THEN m - 1 END, CASE WHEN m % 2 = 0 THEN 'stop' END,
            CASE WHEN m % 2 = 0 THEN 'claude' END, CASE WHEN m % 2 = 0 THEN 'claude-sonnet-5-5' END, CASE WHEN m % 2 = 0 THEN 300 END,
            CASE WHEN m % 2 = 0 THEN 60 END, CASE WHEN m % 2 = 0 THEN 0 END, CASE WHEN m % 2 = 0 THEN 1800 END, now() - interval '2 days', now() - interval '2 days'
        FROM generate_series(1, {PerSession}) m, generate_series(1, {Number(sessions)}) g
        ORDER BY m, g
        """;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
