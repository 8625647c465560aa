using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Sandbox.Tests;

/// <summary>What the product received at its vendors' doors.</summary>
public sealed record Posted(string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public IReadOnlyDictionary<string, string> Form => Body.Split('&').Select(part => part.Split('=')).ToDictionary(
        pair => Uri.UnescapeDataString(pair[0].Replace('+', ' ')), pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));
}

/// <summary>Stands in for the product: takes what is posted, and answers as told.</summary>
public sealed class Product : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Posted> _received = new();

    private Product(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    public IReadOnlyList<Posted> Received => [.. _received];

    /// <summary>Status and body of the answer; by default 200 and nothing.</summary>
    public Func<Posted, (int Status, string Body)> Answer { get; set; } = _ => (200, "");

    public static async Task<Product> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        var app = builder.Build();
        var product = new Product(app);
        app.MapPost("/{**path}", product.TakeAsync);
        await app.StartAsync();
        product.Url = app.Urls.First();
        return product;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var posted = new Posted(
            http.Request.Path + http.Request.QueryString,
            http.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
            await reader.ReadToEndAsync());
        _received.Enqueue(posted);
        var (status, body) = Answer(posted);
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/xml";
        await http.Response.WriteAsync(body);
    }
}
