using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Messages;

/// <summary>A picture that came with a text.</summary>
/// <param name="Status">waiting: it is being fetched; stored; or refused.</param>
/// <param name="Reason">Why it was refused, or how the last try to fetch it failed.</param>
/// <param name="Size">In bytes; null while it is not stored.</param>
public sealed record Picture(Guid Id, Guid MessageId, int Position, string Status, string? Reason, string? ContentType, int? Size, DateTimeOffset CreatedAt);

/// <summary>A picture's bytes.</summary>
public sealed record PictureContent(string ContentType, byte[] Content);

/// <summary>A picture to be fetched.</summary>
/// <param name="Attempts">This one counted.</param>
public sealed record WaitingPicture(Guid Id, string SourceUrl, int Attempts);

/// <summary>The table <c>message_pictures</c>: the Orchestrator notes and fetches them, the Chat API shows them.</summary>
public sealed class PictureStore(LeadDatabase database, TimeProvider clock)
{
    /// <summary>Notes the pictures of a message, in the transaction that stores it.</summary>
    public Task AddAsync(TenantTransaction transaction, Guid sessionId, Guid messageId, IReadOnlyList<string> urls, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(urls);
        return urls.Count == 0 ? Task.CompletedTask : transaction.ExecuteAsync("""
            INSERT INTO message_pictures (tenant_id, id, session_id, message_id, position, source_url, status, next_try_at, created_at)
            SELECT @tenantId, p.id, @sessionId, @messageId, (p.place - 1)::int, p.url, 'waiting', clock_timestamp(), @now
            FROM unnest(@ids, @urls) WITH ORDINALITY AS p (id, url, place)
            """, new { ids = urls.Select(_ => Guid.CreateVersion7()).ToArray(), urls = urls.ToArray(), sessionId, messageId, now = clock.GetUtcNow() }, cancel);
    }

    /// <summary>Claims pictures of all tenants that are to be fetched, for so long (real time).</summary>
    public Task<IReadOnlyList<(Guid TenantId, Guid Id)>> ClaimAsync(int most, TimeSpan lease, CancellationToken cancel) =>
        database.DoorAsync<(Guid, Guid)>("SELECT tenant_id, id FROM claim_pictures(@most, @lease)", new { most, lease }, cancel);

    /// <summary>A claimed one; null when it is fetched already.</summary>
    public Task<WaitingPicture?> WaitingAsync(Guid tenantId, Guid id, CancellationToken cancel) => database.FirstOrDefaultAsync<WaitingPicture>(
        tenantId, "SELECT id, source_url, attempts FROM message_pictures WHERE tenant_id = @tenantId AND id = @id AND status = 'waiting'", new { id }, cancel);

    /// <summary>It is here.</summary>
    public Task KeepAsync(Guid tenantId, Guid id, PictureContent picture, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return database.ExecuteAsync(tenantId, """
            UPDATE message_pictures SET status = 'stored', reason = NULL, content_type = @ContentType, content = @Content WHERE tenant_id = @tenantId AND id = @id AND status = 'waiting'
            """, new { id, picture.ContentType, picture.Content }, cancel);
    }

    /// <summary>It will never be here.</summary>
    public Task RefuseAsync(Guid tenantId, Guid id, string reason, CancellationToken cancel) => database.ExecuteAsync(
        tenantId, "UPDATE message_pictures SET status = 'refused', reason = @reason WHERE tenant_id = @tenantId AND id = @id AND status = 'waiting'", new { id, reason }, cancel);

    /// <summary>It could not be fetched now.</summary>
    public Task TryAgainAsync(Guid tenantId, Guid id, string reason, TimeSpan after, CancellationToken cancel) => database.ExecuteAsync(tenantId, """
        UPDATE message_pictures SET reason = @reason, next_try_at = clock_timestamp() + @after WHERE tenant_id = @tenantId AND id = @id AND status = 'waiting'
        """, new { id, reason, after }, cancel);

    /// <summary>The pictures of a conversation, in the order in which they came.</summary>
    public Task<IReadOnlyList<Picture>> ListAsync(Guid tenantId, Guid sessionId, CancellationToken cancel) => database.QueryAsync<Picture>(tenantId, """
        SELECT id, message_id, position, status, reason, content_type, length(content) AS size, created_at FROM message_pictures
        WHERE tenant_id = @tenantId AND session_id = @sessionId
        ORDER BY created_at, message_id, position
        LIMIT 500
        """, new { sessionId }, cancel);

    /// <summary>One picture's bytes; null when the session has none of this id, or it is not stored.</summary>
    public Task<PictureContent?> FindAsync(Guid tenantId, Guid sessionId, Guid id, CancellationToken cancel) => database.FirstOrDefaultAsync<PictureContent>(tenantId, """
        SELECT content_type, content FROM message_pictures WHERE tenant_id = @tenantId AND id = @id AND session_id = @sessionId AND status = 'stored'
        """, new { id, sessionId }, cancel);
}
