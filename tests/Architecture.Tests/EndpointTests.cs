using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using LeadOrchestrator.ChatApi;
using LeadOrchestrator.Orchestrator;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Architecture.Tests;

/// <summary>Both services as they run: which routes there are, and that none but the public doors opens without a credential.</summary>
public sealed partial class EndpointTests : IAsyncLifetime
{
    private static readonly string[] PublicAtBoth =
    [
        "GET /health", "GET /health/live", "GET /health/ready", "HEAD /health", "HEAD /health/live", "HEAD /health/ready", "GET /openapi/{documentName}.json",
    ];

    private static readonly string[] PublicDoors =
    [
        .. PublicAtBoth,
        "POST /webhooks/shopmonkey", "POST /webhooks/shopmonkey/{tenant}", "POST /webhooks/twilio/inbound", "POST /webhooks/twilio/status/{attemptId}",
        "POST /webhooks/sendgrid/events", "POST /webhooks/sendgrid/events/{tenant}", "POST /webhooks/sendgrid/inbound", "POST /webhooks/sendgrid/inbound/{tenant}",
        "GET /c/{code}", "HEAD /c/{code}", "POST /api/auth/sessions",
        "GET /unsubscribe/{token}", "HEAD /unsubscribe/{token}", "POST /unsubscribe/{token}",
        // The Chat API asks for the session itself.
        "ANY /api/chat/{**rest}",
    ];

    private static readonly string[] PublicAtChatApi = [.. PublicAtBoth, "POST /api/chat/sessions"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private TestDatabase _database = null!;
    private WebApplication _orchestrator = null!;
    private WebApplication _chatApi = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        var nowhere = new Uri("http://127.0.0.1:9");
        _orchestrator = OrchestratorApp.Create([], TestVariables.ForOrchestrator(_database, nowhere, null, ("TEST_CLOCK_URL", null), ("LOG_LEVEL", "silent")));
        _chatApi = ChatApiApp.Create([], TestVariables.ForChatApi(_database, nowhere, ("TEST_CLOCK_URL", null), ("LOG_LEVEL", "silent")));
        await _orchestrator.StartAsync();
        await _chatApi.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _orchestrator.StopAsync();
        await _chatApi.StopAsync();
        await _orchestrator.DisposeAsync();
        await _chatApi.DisposeAsync();
        await _database.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public void The_Orchestrators_public_doors_are_the_contracts() => Public(_orchestrator).ShouldBe(PublicDoors, ignoreOrder: true);

    [Fact]
    public void The_Chat_APIs_public_doors_are_the_contracts() => Public(_chatApi).ShouldBe(PublicAtChatApi, ignoreOrder: true);

    [Fact]
    public async Task Every_other_route_answers_401_to_a_stranger()
    {
        foreach (var app in new[] { _orchestrator, _chatApi })
        {
            var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            var closed = Routes(app).Where(route => route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null).ToList();
            closed.ShouldNotBeEmpty();
            foreach (var (method, pattern, _) in closed)
            {
                var path = Parameter().Replace(pattern, "019ab1c2-0000-7000-8000-000000000001");
                using var request = new HttpRequestMessage(new HttpMethod(method), new UriBuilder(address) { Host = "127.0.0.1", Path = path }.Uri);
                if (method is "POST" or "PUT" or "PATCH")
                {
                    request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
                }

                using var answer = await _http.SendAsync(request);

                answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {pattern}");
            }
        }
    }

    [Fact]
    public void Endpoints_are_mapped_in_services_and_their_request_records_are_public()
    {
        foreach (var app in new[] { _orchestrator, _chatApi })
        {
            foreach (var (method, pattern, endpoint) in Routes(app))
            {
                if (endpoint.Metadata.GetMetadata<MethodInfo>() is { } handler && !PublicAtBoth.Contains($"{method} {pattern}"))
                {
                    handler.DeclaringType!.Assembly.GetName().Name.ShouldBeOneOf("Orchestrator", "ChatApi", "Yarp.ReverseProxy", "Scalar.AspNetCore");
                }

                // .NET's validation skips a record that is not public without a word.
                (endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } body || body.IsVisible).ShouldBeTrue($"{method} {pattern}");
            }
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"email":null,"password":null}""")]
    [InlineData("""{"email":"","password":""}""")]
    public async Task A_body_that_lacks_what_is_required_is_400_and_names_it(string body)
    {
        var address = new Uri(_orchestrator.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var answer = await _http.PostAsync(new UriBuilder(address) { Host = "127.0.0.1", Path = "/api/auth/sessions" }.Uri, content);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("email", Case.Insensitive);
    }

    [Fact]
    public void A_route_is_in_small_letters() => new[] { _orchestrator, _chatApi }.SelectMany(Routes)
        .Where(route => Parameter().Replace(route.Pattern, "").Any(char.IsUpper) && !PublicAtBoth.Contains($"{route.Method} {route.Pattern}"))
        .Select(route => route.Pattern).ShouldBeEmpty();

    private static IEnumerable<string> Public(WebApplication app) => Routes(app)
        .Where(route => route.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        .Select(route => $"{route.Method} {route.Pattern}")
        .Where(route => !route.StartsWith("GET /docs", StringComparison.Ordinal)).Distinct();

    private static IEnumerable<(string Method, string Pattern, RouteEndpoint Endpoint)> Routes(WebApplication app) =>
        ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["ANY"])
            .Select(method => (method, $"/{endpoint.RoutePattern.RawText!.Trim('/')}", endpoint)));

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
