using System.Net;
using System.Text;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed class VendorObserverTests
{
    private readonly Conditions _conditions = new(NullLogger<Conditions>.Instance);
    private readonly DefaultTenant _default = new(null!, null!);

    [Theory]
    [InlineData("TwilioClient", "/2010-04-01/Accounts/AC0/Messages.json", HttpStatusCode.Unauthorized, "twilio", "denied")]
    [InlineData("ShopmonkeyClient", "/v3/customer/1", HttpStatusCode.Forbidden, "shopmonkey", "denied")]
    [InlineData("ai", "/v1/messages", HttpStatusCode.NotFound, "claude", "model_retired")]
    [InlineData("ai", "/v1/chat/completions", HttpStatusCode.NotFound, "openai", "model_retired")]
    [InlineData("ai", "/v1/messages", HttpStatusCode.Unauthorized, "claude", "denied")]
    public async Task What_only_a_person_can_mend_is_known_after_one_answer(string client, string path, HttpStatusCode status, string check, string state)
    {
        await AskAsync(client, path, () => Json(status));

        var failing = _conditions.Failing.ShouldHaveSingleItem();
        (failing.Check, failing.State).ShouldBe((check, state));
        failing.Fix.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("TwilioClient", "/2010-04-01/Accounts/AC0/Messages.json", HttpStatusCode.BadRequest)]
    [InlineData("ShopmonkeyClient", "/v3/customer/1", HttpStatusCode.NotFound)]
    public async Task A_refused_number_and_an_unknown_row_say_nothing_about_the_vendor(string client, string path, HttpStatusCode status)
    {
        for (var i = 0; i < 5; i++)
        {
            await AskAsync(client, path, () => Json(status));
        }

        _conditions.Failing.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_403_with_a_page_is_weather_and_not_a_refused_key()
    {
        await AskAsync("ShopmonkeyClient", "/v3/order", () => new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StringContent("<html>", Encoding.UTF8, "text/html") });

        _conditions.Failing.ShouldBeEmpty();
    }

    [Fact]
    public async Task Three_lost_connections_in_a_row_are_an_outage_and_one_answer_ends_it()
    {
        for (var i = 0; i < 3; i++)
        {
            await Should.ThrowAsync<HttpRequestException>(() => AskAsync("TwilioClient", "/", () => throw new HttpRequestException("lost")));
        }

        _conditions.Failing.ShouldHaveSingleItem().State.ShouldBe("unreachable");

        await AskAsync("TwilioClient", "/", () => Json(HttpStatusCode.Created));

        _conditions.Failing.ShouldBeEmpty();
    }

    [Fact]
    public async Task Other_clients_are_left_alone()
    {
        await AskAsync("TestClock", "/", () => Json(HttpStatusCode.Unauthorized));

        _conditions.Failing.ShouldBeEmpty();
        _conditions.Well.ShouldBeEmpty();
    }

    private async Task AskAsync(string client, string path, Func<HttpResponseMessage> answer)
    {
        using var handler = new VendorObserver(client, new TenantConditions(_conditions, _default, NullLogger<TenantConditions>.Instance), _default) { InnerHandler = new Canned(answer) };
        using var http = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://vendor.example{path}");
        (await http.SendAsync(request, CancellationToken.None)).Dispose();
    }

    private static HttpResponseMessage Json(HttpStatusCode status) => new(status) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };

    private sealed class Canned(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer());
    }
}
