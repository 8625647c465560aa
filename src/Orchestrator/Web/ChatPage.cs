using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;

namespace LeadOrchestrator.Orchestrator.Web;

/// <summary><c>GET /c/{code}</c>: the customer's chat page. The request opens nothing by itself, since preview bots fetch links too.</summary>
internal static class ChatPage
{
    private const string ContentPolicy =
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'; img-src 'self' data:; form-action 'self'";

    // Beside the program when it was published; in a checkout, where the page is built.
    private static readonly string Folder = Published() ?? InCheckout() ?? Path.Combine(AppContext.BaseDirectory, "wwwroot", "chat");

    public static void AddChatPage(this IServiceCollection services)
    {
        // The fastest level puts a quarter more on the wire, and the customer is on a phone.
        services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Optimal);
        services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Optimal);
        services.AddResponseCompression(Compress);
    }

    private static void Compress(ResponseCompressionOptions compression)
    {
        // Public files only (see UseChatPage): what is personal is never compressed beside what a stranger can choose.
        compression.EnableForHttps = true;
        compression.MimeTypes = ["text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"];
    }

    /// <summary>Serves the page's files. Their names carry a hash of their content, so a browser may keep them for a year.</summary>
    public static void UseChatPage(this WebApplication app)
    {
        app.UseWhen(context => IsPublicFile(context.Request.Path), files => files.UseResponseCompression());
        if (Directory.Exists(Folder))
        {
            app.UseStaticFiles(new StaticFileOptions
            {
                FileProvider = new PhysicalFileProvider(Folder),
                RequestPath = "/chat",
                OnPrepareResponse = file =>
                {
                    var headers = file.Context.Response.Headers;
                    headers.CacheControl = file.Context.Request.Path.StartsWithSegments("/chat/assets") ? "public, max-age=31536000, immutable" : "no-cache";
                    headers.ContentSecurityPolicy = ContentPolicy;
                },
            });
        }
    }

    public static void MapChatPage(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/c/{code}", ["GET", "HEAD"], Show).AllowAnonymous().ExcludeFromDescription();

    private static IResult Show(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = ContentPolicy;
        headers["X-Robots-Tag"] = "noindex, nofollow";
        var page = Path.Combine(Folder, "index.html");
        return File.Exists(page)
            ? TypedResults.PhysicalFile(page, "text/html; charset=utf-8")
            : TypedResults.Problem("The chat page is not built. Run npm ci and npm run build in the repository's root, then start this service again.", statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static string? Published() =>
        Path.Combine(AppContext.BaseDirectory, "wwwroot", "chat") is var folder && File.Exists(Path.Combine(folder, "index.html")) ? folder : null;

    private static string? InCheckout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "web", "chat", "dist") is var dist && File.Exists(Path.Combine(dist, "index.html")))
            {
                return dist;
            }
        }

        return null;
    }

    private static bool IsPublicFile(PathString path) => path.StartsWithSegments("/chat") || path.StartsWithSegments("/c");
}
