using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.ChatApi.Tests.Sessions;

public sealed class SessionTests(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public async Task A_code_opens_the_leads_session_as_often_as_it_is_asked()
    {
        var (leadId, code) = await scene.LeadAsync();
        var (_, secondCode) = await scene.LeadAsync(leadId: leadId);

        using var first = await OpenAsync(code);
        using var again = await OpenAsync(code);
        using var second = await OpenAsync(secondCode);

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        var body = await BodyAsync(first);
        body.GetProperty("mode").GetString().ShouldBe("ai");
        body.GetProperty("customer").GetProperty("firstName").GetString().ShouldBe("Ann");
        body.GetProperty("messages").GetArrayLength().ShouldBe(0);
        body.GetProperty("location").ToString().ShouldBe(
            """{"name":"Acme Tint Austin","phone":"+15125550100","address":"1 Main St, Austin, TX","timezone":"America/Chicago","openNow":true}""");
        var id = body.GetProperty("sessionId").GetGuid();
        (await BodyAsync(again)).GetProperty("sessionId").GetGuid().ShouldBe(id);
        (await BodyAsync(second)).GetProperty("sessionId").GetGuid().ShouldBe(id);
        (await scene.Database.ScalarAsync<DateTime>("SELECT opened_at FROM chat_sessions WHERE id = $1", id)).ShouldBe(scene.Sandbox.Clock.Now.UtcDateTime, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_shop_whose_hours_nobody_told_is_neither_open_nor_closed()
    {
        var (leadId, code) = await scene.LeadAsync();
        var locationId = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("""
            INSERT INTO locations (tenant_id, id, external_id, name, timezone, created_at, updated_at) VALUES ($1, $2, 'dallas', 'Acme Tint Dallas', 'America/Chicago', now(), now())
            """, scene.TenantId, locationId);
        await scene.Database.ExecuteAsync("UPDATE leads SET location_id = $1 WHERE id = $2", locationId, leadId);

        using var answer = await OpenAsync(code);

        (await BodyAsync(answer)).GetProperty("location").GetProperty("openNow").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Twenty_openings_at_once_open_one_session()
    {
        var (_, code) = await scene.LeadAsync();

        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var answer = await OpenAsync(code);
            return (await BodyAsync(answer)).GetProperty("sessionId").GetGuid();
        }));

        ids.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Wrong_expired_and_revoked_codes_get_one_and_the_same_answer()
    {
        var (_, expired) = await scene.LeadAsync(codeLives: TimeSpan.FromSeconds(-1));
        var (revokedLead, revoked) = await scene.LeadAsync();
        await scene.Database.ExecuteAsync("UPDATE chat_codes SET revoked_at = now() WHERE lead_id = $1", revokedLead);

        var answers = new List<string>();
        foreach (var code in new[] { "wrongwrongwrongwrongwrong", "x", expired, revoked })
        {
            using var answer = await OpenAsync(code);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
            var body = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(await answer.Content.ReadAsStringAsync())!;
            body.Remove("traceId");
            answers.Add(JsonSerializer.Serialize(body));
        }

        answers.Distinct().Count().ShouldBe(1);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"code":null}""")]
    [InlineData("""{"code":""}""")]
    [InlineData("""{"code":42}""")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public async Task A_body_without_a_code_is_400(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await scene.Chat.Http.PostAsync("/api/chat/sessions", content);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_code_of_absurd_length_or_shape_is_refused_and_never_a_500()
    {
        using var tooLong = await OpenAsync(new string('a', 5000));
        tooLong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var odd = await OpenAsync("' OR 1=1; \u0000 🚗 --");
        odd.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_cookie_is_for_this_session_alone_and_not_for_scripts()
    {
        var (_, code) = await scene.LeadAsync();
        using var answer = await OpenAsync(code);
        var id = (await BodyAsync(answer)).GetProperty("sessionId").GetGuid();

        var cookie = answer.Headers.GetValues("Set-Cookie").Single();

        cookie.ShouldStartWith($"chat-{id:N}=");
        var attributes = cookie.Split("; ").Skip(1).Select(attribute => attribute.ToLowerInvariant());
        attributes.ShouldBe(["max-age=1209600", "path=/", "samesite=lax", "httponly"], ignoreOrder: true);
    }

    [Fact]
    public async Task Behind_https_the_cookie_is_bound_to_the_host_and_secure()
    {
        await using var server = await scene.StartAsync(("PUBLIC_URL", "https://chat.acme-tint.example"));
        var (_, code) = await scene.LeadAsync();
        using var answer = await server.Http.PostAsJsonAsync("/api/chat/sessions", new { code });
        var id = (await BodyAsync(answer)).GetProperty("sessionId").GetGuid();

        var cookie = answer.Headers.GetValues("Set-Cookie").Single();

        cookie.ShouldStartWith($"__Host-chat-{id:N}=");
        cookie.ToLowerInvariant().ShouldContain("; secure");
    }

    [Fact]
    public async Task Two_sessions_in_one_browser_are_both_open_and_the_newest_is_current()
    {
        var first = await scene.CustomerAsync();
        scene.Sandbox.Clock.Advance(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(() => scene.Chat.Get<TimeProvider>().GetUtcNow() > scene.Sandbox.Clock.Now - TimeSpan.FromSeconds(1), "the clock has moved");
        var second = await scene.CustomerAsync();

        foreach (var (path, id) in new[] { ("current", second.SessionId), ($"{first.SessionId}", first.SessionId), ($"{second.SessionId}", second.SessionId) })
        {
            using var answer = await GetAsync($"/api/chat/sessions/{path}", $"{first.Cookie}; {second.Cookie}");
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await BodyAsync(answer)).GetProperty("sessionId").GetGuid().ShouldBe(id);
        }
    }

    [Fact]
    public async Task A_foreign_session_and_an_absent_one_look_the_same()
    {
        var customer = await scene.CustomerAsync();
        var other = await scene.CustomerAsync();

        foreach (var path in new[] { "", "/messages", "/stream" })
        {
            using var foreign = await GetAsync($"/api/chat/sessions/{other.SessionId}{path}", customer.Cookie);
            using var absent = await GetAsync($"/api/chat/sessions/{Guid.CreateVersion7()}{path}", customer.Cookie);
            foreign.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            absent.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        using var write = customer.Request(HttpMethod.Post, "/messages", new { clientMessageId = Guid.CreateVersion7(), content = "Hi" });
        write.RequestUri = new Uri($"/api/chat/sessions/{other.SessionId}/messages", UriKind.Relative);
        using var written = await customer.Server.Http.SendAsync(write);
        written.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.HistoryAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_valid_cookie_it_is_401()
    {
        var customer = await scene.CustomerAsync();
        var other = await scene.CustomerAsync();
        var moved = $"{customer.Cookie.Split('=')[0]}={other.Cookie.Split('=')[1]}";

        foreach (var cookie in new[] { null, $"chat-{customer.SessionId:N}=nonsense", customer.Cookie[..^3], moved })
        {
            using var answer = await GetAsync(customer.Path, cookie);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            using var current = await GetAsync("/api/chat/sessions/current", cookie);
            current.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Authorization_wins_over_the_cookie()
    {
        var customer = await scene.CustomerAsync();
        using var bad = customer.Request(HttpMethod.Get, "");
        bad.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "nonsense");
        using var good = new HttpRequestMessage(HttpMethod.Get, customer.Path);
        good.Headers.Authorization = new AuthenticationHeaderValue("Bearer", customer.Cookie.Split('=')[1]);

        using var refused = await customer.Server.Http.SendAsync(bad);
        using var taken = await customer.Server.Http.SendAsync(good);

        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        taken.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Staff_read_the_sessions_of_their_tenant_and_write_nothing_here()
    {
        var customer = await scene.CustomerAsync();
        await customer.AskAsync("Hello");
        var mine = StaffToken(scene.TenantId);
        var foreign = StaffToken(Guid.CreateVersion7());

        (await StatusAsync(HttpMethod.Get, mine, "/messages")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(HttpMethod.Get, mine, "")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(HttpMethod.Get, foreign, "/messages")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Post, mine, "/messages")).ShouldBe(HttpStatusCode.Forbidden);

        async Task<HttpStatusCode> StatusAsync(HttpMethod method, string token, string path)
        {
            using var request = new HttpRequestMessage(method, customer.Path + path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Content = method == HttpMethod.Post ? JsonContent.Create(new { clientMessageId = Guid.CreateVersion7(), content = "Hi" }) : null;
            using var answer = await customer.Server.Http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task What_a_cookie_changes_must_be_JSON_and_come_from_our_page()
    {
        var customer = await scene.CustomerAsync();

        (await StatusAsync("/messages", "text/plain", null)).ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await StatusAsync("/stop", "text/plain", null)).ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await StatusAsync("/messages", "application/json", "https://evil.example")).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync("/messages", "application/json", "null")).ShouldBe(HttpStatusCode.Forbidden);
        (await customer.HistoryAsync()).ShouldBeEmpty();
        (await StatusAsync("/messages", "application/json", TestVariables.PublicUrl)).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> StatusAsync(string path, string type, string? origin)
        {
            using var request = customer.Request(HttpMethod.Post, path);
            request.Content = new StringContent($$"""{"clientMessageId":"{{Guid.CreateVersion7()}}","content":"Hi"}""", Encoding.UTF8, type);
            request.Headers.TryAddWithoutValidation("Origin", origin);
            using var answer = await customer.Server.Http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_cookie_ends_after_fourteen_days()
    {
        await using var clock = await HttpClock.StartAsync();
        await using var server = await scene.StartAsync(("TEST_CLOCK_URL", clock.Url.ToString()));
        var customer = await scene.CustomerAsync(server);

        clock.Now += TimeSpan.FromDays(13.9);
        await Eventually.TrueAsync(async () => await StatusAsync() == HttpStatusCode.OK && server.Get<TimeProvider>().GetUtcNow() == clock.Now, "it is valid on the 14th day");
        clock.Now += TimeSpan.FromDays(0.2);
        await Eventually.TrueAsync(async () => await StatusAsync() == HttpStatusCode.Unauthorized, "it is over");

        async Task<HttpStatusCode> StatusAsync()
        {
            using var answer = await customer.SendAsync(HttpMethod.Get, "");
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task An_opt_out_by_the_customers_own_tap_stops_texts_and_leaves_the_chat()
    {
        var (leadId, code) = await scene.LeadAsync();
        var contactId = Guid.CreateVersion7();
        await scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, '+15125550123', now(), now())", scene.TenantId, contactId);
        await scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $1 WHERE id = $2", contactId, leadId);
        var customer = await Customer.OpenAsync(scene.Chat, code);

        using var answer = await customer.SendAsync(HttpMethod.Post, "/opt-out", new { });

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await scene.Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", leadId)).ShouldBe("opted_out");
        (await scene.Database.ScalarAsync<string>("SELECT channel FROM consent_events WHERE contact_id = $1", contactId)).ShouldBe("chat");
        (await customer.AskAsync("Still there?"))[^1].Type.ShouldBe("answer.completed");
        (await scene.Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", leadId)).ShouldBe("opted_out");
    }

    [Theory]
    [InlineData("please stop texting me", "opted_out", null, 1)]
    [InlineData("Not interested", "opted_out", "doubtful_opt_out", 1)]
    [InlineData("Can I stop by tomorrow?", "engaged", null, 0)]
    public async Task An_opt_out_in_the_chats_own_words_stops_texts_and_is_answered_all_the_same(string words, string status, string? reason, int events)
    {
        var (leadId, code) = await scene.LeadAsync();
        var contactId = Guid.CreateVersion7();
        var phone = $"+1512{Random.Shared.Next(2_000_000, 9_999_999)}";
        await scene.Database.ExecuteAsync("INSERT INTO contacts (tenant_id, id, phone, created_at, updated_at) VALUES ($1, $2, $3, now(), now())", scene.TenantId, contactId, phone);
        await scene.Database.ExecuteAsync("UPDATE leads SET contact_id = $1 WHERE id = $2", contactId, leadId);
        var customer = await Customer.OpenAsync(scene.Chat, code);

        (await customer.AskAsync(words))[^1].Type.ShouldBe("answer.completed");
        await customer.AskAsync(words);

        (await scene.Database.ScalarAsync<string>("SELECT status FROM leads WHERE id = $1", leadId)).ShouldBe(status);
        (await scene.Database.ScalarAsync<long>("SELECT count(*) FROM consent_events WHERE contact_id = $1 AND kind = 'opted_out' AND wording = $2 AND reason IS NOT DISTINCT FROM $3", contactId, words, reason))
            .ShouldBe(events, "once, however often it is said");
    }

    private Task<HttpResponseMessage> OpenAsync(string code) => scene.Chat.Http.PostAsJsonAsync("/api/chat/sessions", new { code });

    private async Task<HttpResponseMessage> GetAsync(string path, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return await scene.Chat.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    private string StaffToken(Guid tenantId) =>
        scene.Chat.Get<Tokens>().ForStaff(new User(tenantId, Guid.CreateVersion7(), "a@example.com", "", "A", "advisor", null)).Token;
}
