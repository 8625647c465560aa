using System.Net;
using System.Net.Http.Json;
using LeadOrchestrator.Bench.Answers;
using LeadOrchestrator.Sandbox;

namespace LeadOrchestrator.Bench.Tests;

/// <summary>What stands between the product and a real vendor changes nothing, and sees what is told to the model.</summary>
public sealed class ModelRelayTests
{
    [Theory]
    [InlineData(false, "application/json")]
    [InlineData(true, "text/event-stream")]
    public async Task Every_call_goes_through_as_it_is(bool isStream, string contentType)
    {
        await using var sandbox = await SandboxServer.StartAsync(SandboxSettings.ForTests);
        await using var relay = await ModelRelay.StartAsync(new Uri(sandbox.BareUrl));
        sandbox.Model.Script = "¡Hola! Ceramic keeps the heat out.";

        using var answer = await AskAsync(relay, isStream, "Is it good?");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(contentType);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(isStream ? "message_stop" : "¡Hola! Ceramic keeps the heat out.");
        answer.Headers.GetValues("request-id").ShouldHaveSingleItem();
        sandbox.Model.Calls.ShouldHaveSingleItem().Question.ShouldBe("Is it good?");
        relay.Read.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_of_others_is_told_to_the_model_is_noted_and_a_refusal_is_passed_on()
    {
        await using var sandbox = await SandboxServer.StartAsync(SandboxSettings.ForTests);
        await using var relay = await ModelRelay.StartAsync(new Uri(sandbox.BareUrl));

        (await AskAsync(relay, isStream: false, "Zelda Quimby-Zephyr is booked")).Dispose();
        using var refused = await AskAsync(relay, isStream: false, "Hi", key: "wrong");

        relay.Read.ShouldBe(["Quimby-Zephyr"]);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<HttpResponseMessage> AskAsync(ModelRelay relay, bool isStream, string question, string key = "sk-ant-sandbox")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{relay.Url}/v1/messages");
        request.Content = JsonContent.Create(new { model = "claude-haiku-4-5", max_tokens = 100, stream = isStream, messages = new[] { new { role = "user", content = question } } });
        request.Headers.Add("anthropic-version", "2023-06-01");
        request.Headers.Add("x-api-key", key);
        return await http.SendAsync(request);
    }
}
