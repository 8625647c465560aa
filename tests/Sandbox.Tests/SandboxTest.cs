using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox.Tests;

/// <summary>A Sandbox, a product for it to talk to, and a plain HTTP client.</summary>
public abstract class SandboxTest : IAsyncLifetime
{
    protected const string Customer = "+15125550123";

    protected SandboxServer Sandbox { get; private set; } = null!;

    protected Product Product { get; private set; } = null!;

    protected HttpClient Http { get; private set; } = null!;

    protected virtual SandboxSettings Settings => SandboxSettings.ForTests;

    public async ValueTask InitializeAsync()
    {
        Product = await Product.StartAsync();
        Sandbox = await SandboxServer.StartAsync(Settings);
        Sandbox.PublicUrl = new Uri(Product.Url);
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Sandbox.Url };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Sandbox.DisposeAsync();
        await Product.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> CrmAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, "/v3/" + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Settings.ShopmonkeyApiKey);
        request.Content = body is null ? null : JsonContent.Create(body);
        return await SendAsync(request);
    }

    protected async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> TextAsync(
        string to = Customer, string body = "Hello", string? from = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, MessagesPath) { Headers = { Authorization = TwilioKey } };
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["To"] = to,
            ["From"] = from ?? Settings.TwilioPhoneNumber,
            ["Body"] = body,
            ["StatusCallback"] = Product.Url + "/webhooks/twilio/status/1?a=1&b=2",
            ["ValidityPeriod"] = "3600",
        });
        return await SendAsync(request);
    }

    protected async Task<JsonNode> TwilioAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = TwilioKey } };
        return (await SendAsync(request)).Body!;
    }

    protected string MessagesPath => $"/2010-04-01/Accounts/{Settings.TwilioAccountSid}/Messages.json";

    protected async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> SendAsync(HttpRequestMessage request)
    {
        var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.StartsWith('{') || text.StartsWith('[') ? JsonNode.Parse(text) : null, response);
    }

    private AuthenticationHeaderValue TwilioKey => new(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Settings.TwilioAccountSid}:{Settings.TwilioAuthToken}")));
}
