using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.ChatApi.Sessions;

/// <summary>A customer's sign-in: one cookie per session, so that two leads can be open in one browser.</summary>
internal sealed class ChatCookies(PlatformSettings settings, Tokens tokens, TimeProvider clock)
{
    // A browser keeps fewer; a request that brings more is not from one.
    private const int MostCookies = 50;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    private string Prefix => settings.IsHttps ? "__Host-chat-" : "chat-";

    public string NameOf(Guid sessionId) => $"{Prefix}{sessionId:N}";

    public void Append(HttpResponse response, Guid tenantId, Guid sessionId) =>
        response.Cookies.Append(NameOf(sessionId), tokens.ForChat(tenantId, sessionId, clock.GetUtcNow() + Lifetime), new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = settings.IsHttps,
            Path = "/",
            // An age and no date: the browser's clock is not ours.
            MaxAge = Lifetime,
        });

    /// <summary>The sessions whose valid cookies the request brings, the newest first.</summary>
    public async Task<IReadOnlyList<TokenIdentity>> ReadAsync(HttpRequest request)
    {
        var found = new List<TokenIdentity>();
        foreach (var (name, value) in request.Cookies.Where(cookie => cookie.Key.StartsWith(Prefix, StringComparison.Ordinal)).Take(MostCookies))
        {
            // The name is the session's: a cookie under another's name was moved there.
            if (await tokens.ReadAsync(value, Tokens.ChatAudience) is { } identity && name == NameOf(identity.Subject))
            {
                found.Add(identity);
            }
        }

        return [.. found.OrderByDescending(identity => identity.IssuedAt)];
    }
}
