using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace LeadOrchestrator.Bench.Bed;

/// <summary>Makes franchises and their accounts at vendors over the API, as an operator does.</summary>
internal sealed class Franchises : IDisposable
{
    private const string AdminEmail = "admin@bench.example";
    private const string AdminPassword = "bench-password-1";

    private readonly HttpClient _http;

    private Franchises(HttpClient http) => _http = http;

    /// <summary>What an Orchestrator needs for it; the same for all processes of a run, since they open each other's seals.</summary>
    public static IReadOnlyList<(string Name, string Value)> Settings { get; } =
    [
        ("ADMIN_EMAIL", AdminEmail), ("ADMIN_PASSWORD", AdminPassword), ("DATA_ENCRYPTION_KEY", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))),
    ];

    /// <summary>Signs in.</summary>
    public static async Task<Franchises> SignInAsync(Uri orchestrator, CancellationToken cancel)
    {
        var franchises = new Franchises(new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = orchestrator });
        using var session = await franchises.SendAsync(HttpMethod.Post, "/api/auth/sessions", new { email = AdminEmail, password = AdminPassword }, null, cancel);
        franchises._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.RootElement.GetProperty("accessToken").GetString());
        return franchises;
    }

    /// <summary>What a franchise is called by: <c>bench-000</c> and so on.</summary>
    public static string SlugOf(int number) => string.Create(CultureInfo.InvariantCulture, $"bench-{number:000}");

    /// <summary>Makes so many.</summary>
    public async Task AddAsync(int count, CancellationToken cancel)
    {
        for (var number = 0; number < count; number++)
        {
            using var tenant = await SendAsync(HttpMethod.Post, "/api/tenants", new { slug = SlugOf(number), name = $"Bench {number}", timezone = "America/Chicago" }, null, cancel);
        }
    }

    /// <summary>Gives one of them an account of its own at a vendor.</summary>
    public async Task PutAccountAsync(int number, string vendor, object account, CancellationToken cancel)
    {
        using var saved = await SendAsync(HttpMethod.Put, $"/api/vendor-credentials/{vendor}", account, SlugOf(number), cancel);
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonDocument> SendAsync(HttpMethod method, string path, object body, string? tenant, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        if (tenant is not null)
        {
            request.Headers.Add("X-Tenant-Id", tenant);
        }

        using var answer = await _http.SendAsync(request, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(text.Length > 0 ? text : "{}")
            : throw new BenchException($"{method} {path} was answered {(int)answer.StatusCode}, so there are no franchises to measure with. {text}");
    }
}
