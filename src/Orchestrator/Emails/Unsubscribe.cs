using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>
/// <c>/unsubscribe/{token}</c> (RFC 8058): GET shows a page and changes nothing, since scanners fetch every link; POST acts, without a cookie, a sign-in or a question.
/// </summary>
public sealed partial class Unsubscribe(LeadDatabase database, EmailAddressStore addresses, EmailOptOut optOut, ILogger<Unsubscribe> logger)
{
    private const int LongestToken = 100;
    private const string ContentPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Maps both.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/unsubscribe/{token}", ["GET", "HEAD"], (HttpContext context, string token) => Ask(context)).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/unsubscribe/{token}", (HttpContext context, Unsubscribe unsubscribe, string token) => unsubscribe.ActAsync(context, token))
            .AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    // The same for every token: whether it is somebody's is not told to who only looks.
    private static IResult Ask(HttpContext context) => Page(context, StatusCodes.Status200OK, "Unsubscribe",
        """<p>No more emails about your quote?</p><form method="post"><button type="submit">Unsubscribe</button></form>""");

    // A mailbox provider posts once, and whoever hangs up has said what they want.
    private async Task<IResult> ActAsync(HttpContext context, string token)
    {
        if (token.Length > LongestToken || !await ToldOnce.HearAsync(cancel => EndAsync(token, cancel), CancellationToken.None))
        {
            return Page(context, StatusCodes.Status404NotFound, "This link is not complete",
                "<p>Open it from the email again, or tell the shop that you want no more emails.</p>");
        }

        return Page(context, StatusCodes.Status200OK, "You are unsubscribed", "<p>You will get no more emails from us at this address.</p>");
    }

    // False: nobody's token.
    private async Task<bool> EndAsync(string token, CancellationToken cancel)
    {
        if (await addresses.FindTokenAsync(ChatCode.Hash(token), cancel) is not (var tenantId, var tokenId))
        {
            return false;
        }

        await using var transaction = await database.BeginAsync(tenantId, cancel);
        var (email, attemptId) = await addresses.OfTokenAsync(transaction, tokenId, cancel);
        if (!await optOut.EndAsync(transaction, email, null, new ConsentEvidence("email", $"attempt {attemptId}", "The email's link to unsubscribe"), cancel))
        {
            return true;
        }

        await transaction.CommitAsync(cancel);
        Ended(logger, tokenId, tenantId);
        Measures.OptedOut("email");
        return true;
    }

    private static IResult Page(HttpContext context, int status, string title, string body)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = ContentPolicy;
        headers["X-Robots-Tag"] = "noindex, nofollow";
        return Results.Content($$"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{{title}}</title>
            <style>
            body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 17px/1.5 system-ui, sans-serif; background: #f4f5f7; color: #1c2530 }
            main { max-width: 24rem; padding: 2rem; background: #fff; border-radius: 12px } h1 { font-size: 1.25rem; margin: 0 }
            button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: 8px; background: #1457c8; color: #fff }
            @media (prefers-color-scheme: dark) { body { background: #12161c; color: #e8ecf1 } main { background: #1c232c } }
            </style>
            </head>
            <body><main><h1>{{title}}</h1>{{body}}</main></body>
            </html>
            """, "text/html; charset=utf-8", statusCode: status);
    }

    [LoggerMessage(3320, LogLevel.Information, "The email address of link {TokenId} of tenant {TenantId} is unsubscribed")]
    private static partial void Ended(ILogger logger, Guid tokenId, Guid tenantId);
}
