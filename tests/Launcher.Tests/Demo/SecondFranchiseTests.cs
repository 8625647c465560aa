using System.Net;
using System.Text.Json.Nodes;
using LeadOrchestrator.Launcher.Demo;

namespace LeadOrchestrator.Launcher.Tests.Demo;

/// <summary>The second franchise gets its keys as its owner would give them.</summary>
public sealed class SecondFranchiseTests
{
    private static readonly Uri Door = new("http://localhost:4000");

    [Fact]
    public async Task The_owner_signs_in_hands_over_both_accounts_and_registers_the_webhook()
    {
        using var door = new StubDoor(_ => HttpStatusCode.OK);

        (await new SecondFranchise(new HttpClient(door), Door).ConnectAsync(CancellationToken.None)).ShouldBeNull();

        door.Requests.Select(request => $"{request.Method} {request.Path}").ShouldBe(
            ["POST /api/auth/sessions", "PUT /api/vendor-credentials/shopmonkey", "PUT /api/vendor-credentials/twilio", "POST /api/webhook-registrations"]);
        door.Requests.Skip(1).ShouldAllBe(request => request.Authorization == "Bearer token-1");
        door.Requests[1].Body["apiKey"]!.GetValue<string>().ShouldBe(DemoEnvironment.BrightShopmonkeyKey);
        door.Requests[2].Body["phoneNumber"]!.GetValue<string>().ShouldBe(DemoEnvironment.BrightTwilioNumber);
    }

    [Fact]
    public async Task What_stands_in_the_way_is_said_and_the_demo_goes_on()
    {
        using var door = new StubDoor(path => path.EndsWith("shopmonkey", StringComparison.Ordinal) ? HttpStatusCode.Conflict : HttpStatusCode.OK);

        var problem = await new SecondFranchise(new HttpClient(door), Door).ConnectAsync(CancellationToken.None);

        problem.ShouldBe("PUT /api/vendor-credentials/shopmonkey was answered 409.");
        problem!.ShouldNotContain(DemoEnvironment.BrightShopmonkeyKey);
        door.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_stop_meanwhile_is_a_stop()
    {
        using var door = new StubDoor(_ => HttpStatusCode.OK);

        await Should.ThrowAsync<OperationCanceledException>(() => new SecondFranchise(new HttpClient(door), Door).ConnectAsync(new CancellationToken(canceled: true)));
    }

    private sealed record Asked(string Method, string Path, string? Authorization, JsonNode Body);

    private sealed class StubDoor(Func<string, HttpStatusCode> status) : HttpMessageHandler
    {
        public List<Asked> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = request.RequestUri!.AbsolutePath;
            Requests.Add(new Asked(request.Method.Method, path, request.Headers.Authorization?.ToString(), JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!));
            return new HttpResponseMessage(status(path)) { Content = new StringContent("""{"accessToken":"token-1"}""") };
        }
    }
}
