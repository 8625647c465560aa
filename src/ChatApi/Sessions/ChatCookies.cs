using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Sessions;

/// <summary>A customer's sign-in: one cookie per session, so that two leads can be open in one browser. It ends with the link that opened it, within half a minute.</summary>
internal sealed class ChatCookies(PlatformSettings settings, Tokens tokens, ChatCodeStore codes, TimeProvider clock)
{
    // A page asks several times in a moment, and a cookie is judged the same each time: it is remembered for as long as clocks may differ anyway.
    // By its hash, so that nobody finds cookies in a copy of the memory.
    private const int MostKnown = 25_000;
    private static readonly TimeSpan Known = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<(UInt128, UInt128), (TokenIdentity Identity, DateTimeOffset ReadAt)> _known = new();

    // Beside the dictionary, whose own count takes all of its locks.
    private int _remembered;

    // A browser keeps fewer; a request that brings more is not from one.
    private const int MostCookies = 50;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    private string Prefix => settings.IsHttps ? "__Host-chat-" : "chat-";

    public string NameOf(Guid sessionId) => $"{Prefix}{sessionId:N}";

    public void Append(HttpResponse response, SessionKey session, Guid codeId)
    {
        var now = clock.GetUtcNow();
        var value = tokens.ForChat(session.TenantId, session.SessionId, codeId, now + Lifetime);
        response.Cookies.Append(NameOf(session.SessionId), value, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = settings.IsHttps,
            Path = "/",
            // An age and no date: the browser's clock is not ours.
            MaxAge = Lifetime,
        });
        // Its code was read a moment ago: the page's next request need not ask for it again.
        Remember(Key(value), new TokenIdentity(session.TenantId, session.SessionId, null, now.UtcDateTime, codeId), now);
    }

    /// <summary>The sessions whose valid cookies the request brings, the newest first.</summary>
    public async Task<IReadOnlyList<TokenIdentity>> ReadAsync(HttpRequest request)
    {
        var found = new List<TokenIdentity>();
        foreach (var (name, value) in request.Cookies.Where(cookie => cookie.Key.StartsWith(Prefix, StringComparison.Ordinal)).Take(MostCookies))
        {
            // The name is the session's: a cookie under another's name was moved there.
            if (await ReadAsync(value, request.HttpContext.RequestAborted) is { } identity && name == NameOf(identity.Subject))
            {
                found.Add(identity);
            }
        }

        return [.. found.OrderByDescending(identity => identity.IssuedAt)];
    }

    /// <summary>Whose session the content of a cookie opens; null when it opens none.</summary>
    public async ValueTask<TokenIdentity?> ReadAsync(string value, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var key = Key(value);
        if (_known.TryGetValue(key, out var known) && (now - known.ReadAt).Duration() < Known)
        {
            return known.Identity;
        }

        if (await tokens.ReadAsync(value, Tokens.ChatAudience) is not { } identity
            || (identity.CodeId is { } code && !await codes.StandsAsync(identity.TenantId, code, cancel)))
        {
            return null;
        }

        Remember(key, identity, now);
        return identity;
    }

    private void Remember((UInt128, UInt128) key, TokenIdentity identity, DateTimeOffset now)
    {
        if (!_known.ContainsKey(key) && Interlocked.Increment(ref _remembered) > MostKnown)
        {
            _known.Clear();
            Volatile.Write(ref _remembered, 0);
        }

        _known[key] = (identity, now);
    }

    private static (UInt128 First, UInt128 Second) Key(string value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(value.AsSpan()), hash);
        return (BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
    }
}
