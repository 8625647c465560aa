using System.Reflection;

namespace LeadOrchestrator.Sandbox;

/// <summary>The page's files, which travel inside the assembly.</summary>
internal static class PageFiles
{
    public static byte[]? Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("page/" + name);
        if (stream is null)
        {
            return null;
        }

        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => Serve("index.html"));
        foreach (var name in (string[])["style.css", "app.js", "faults.js", "mails.js", "month.js", "favicon.svg", "sample.png"])
        {
            routes.MapGet("/" + name, () => Serve(name));
        }
    }

    private static IResult Serve(string name) => Read(name) is { } content
        ? Results.Bytes(content, Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".png" => "image/png",
            _ => "text/html; charset=utf-8",
        })
        : Results.NotFound();
}
