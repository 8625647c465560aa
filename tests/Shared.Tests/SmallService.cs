using System.Net.Http.Json;
using System.Text.Json;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Shared.Tests;

/// <summary>The smallest service that is made of the platform's parts: real Kestrel, real database, and the routes of one test.</summary>
internal sealed class SmallService : IAsyncDisposable
{
    private SmallService(WebApplication app) => App = app;

    public WebApplication App { get; }

    public HttpClient Http { get; } = new();

    public T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>The variables that every service needs, and nothing more.</summary>
    public static Dictionary<string, string?> Variables(string databaseUrl) => new()
    {
        ["DATABASE_URL"] = databaseUrl,
        ["TENANT_ID"] = TestVariables.TenantSlug,
        ["SHOPMONKEY_TENANT_ID"] = TestVariables.ShopmonkeyCompanyId,
        ["LOG_LEVEL"] = "silent",
    };

    /// <summary>Built, not started.</summary>
    public static SmallService Create(Dictionary<string, string?> variables, Action<WebApplication>? map = null, Action<IServiceCollection>? add = null)
    {
        var builder = ServiceHost.CreateBuilder([], variables);
        var read = new Variables(builder.Configuration);
        var settings = PlatformSettings.Read(read);
        read.ThrowIfAnyProblem();
        builder.AddPlatform("orchestrator", settings, port: 0);
        add?.Invoke(builder.Services);
        var app = builder.Build();
        app.UsePlatform();
        map?.Invoke(app);
        return new SmallService(app);
    }

    /// <summary>Built, started and ready.</summary>
    public static async Task<SmallService> StartAsync(TestDatabase database, Action<WebApplication>? map = null, int? databasePort = null)
    {
        var service = Create(Variables(databasePort is { } port ? database.UrlOnPort(port) : database.Url), map);
        await service.StartAsync();
        return service;
    }

    public async Task StartAsync()
    {
        await App.StartAsync();
        var address = new Uri(App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Http.BaseAddress = new UriBuilder(address) { Host = "127.0.0.1" }.Uri;
    }

    /// <summary>Status and body of an answer in JSON.</summary>
    public async Task<(int Status, JsonElement Body)> AskAsync(string path)
    {
        using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.DisposeAsync();
    }
}
