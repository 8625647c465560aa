using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed class ProblemsTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private TcpSwitch _wire = null!;
    private SmallService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _wire = TcpSwitch.Before(_database);
        _service = await SmallService.StartAsync(_database, Map, _wire.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _wire.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"name":"Jane","when":"tomorrow"}""", "$.when")]
    [InlineData("""{"name":"Jane","inner":{"count":"many"}}""", "$.inner.count")]
    [InlineData("""{"name":"Jane" "when":1}""", "$")]
    [InlineData("", null)]
    [InlineData("[]", "$")]
    public async Task A_body_that_cannot_be_read_is_400_and_says_where(string body, string? path)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _service.Http.PostAsync(new Uri("/things", UriKind.Relative), content);

        var problem = await ProblemAsync(answer, 400);
        problem.GetProperty("instance").GetString().ShouldBe("/things");
        if (path is not null)
        {
            problem.GetProperty("detail").GetString()!.ShouldContain($"look at {path}");
        }

        problem.ToString().ShouldNotContain("Jane");
    }

    [Fact]
    public async Task A_body_of_another_type_is_415()
    {
        using var content = new StringContent("name=Jane", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await _service.Http.PostAsync(new Uri("/things", UriKind.Relative), content);

        await ProblemAsync(answer, 415);
    }

    [Theory]
    [InlineData("utf8", 200)]
    [InlineData("UTF8", 200)]
    [InlineData("\"utf-8\"", 200)]
    [InlineData("utf-8", 200)]
    [InlineData("windows-1252", 415)]
    [InlineData("klingon", 415)]
    public async Task A_charset_that_means_UTF_8_is_read_and_another_is_415(string charset, int status)
    {
        using var content = new ByteArrayContent("""{"name":"José"}"""u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", $"application/json; charset={charset}");
        using var answer = await _service.Http.PostAsync(new Uri("/things", UriKind.Relative), content);

        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 200)
        {
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("name").GetString().ShouldBe("José");
        }
        else
        {
            (await ProblemAsync(answer, status)).GetProperty("detail").GetString().ShouldStartWith("Send JSON");
        }
    }

    [Theory]
    [InlineData("2026-11-23T16:00:00", "2026-11-23T16:00:00.000Z")]
    [InlineData("2026-11-23", "2026-11-23T00:00:00.000Z")]
    [InlineData("2026-11-23T10:00:00-06:00", "2026-11-23T16:00:00.000Z")]
    [InlineData("2026-11-23T16:00:00Z", "2026-11-23T16:00:00.000Z")]
    public async Task A_time_without_an_offset_is_UTC_wherever_the_server_stands(string given, string read)
    {
        using var answer = await _service.Http.PostAsJsonAsync("/things", new { name = "Jane", when = given });

        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("when").GetString().ShouldBe(read);
    }

    [Theory]
    [InlineData("limit=abc")]
    [InlineData("limit=99999999999999")]
    [InlineData("from=yesterday&other=1")]
    [InlineData("limit=5&limit=6")]
    public async Task A_parameter_that_cannot_be_read_is_400_and_named(string query)
    {
        using var answer = await _service.Http.GetAsync(new Uri($"/list?{query}", UriKind.Relative));

        var detail = (await ProblemAsync(answer, 400)).GetProperty("detail").GetString()!;
        detail.ShouldStartWith($"One of {query[..query.IndexOf('=', StringComparison.Ordinal)]} cannot be read");
    }

    [Fact]
    public async Task A_body_over_a_mebibyte_is_413()
    {
        using var content = new StringContent($$"""{"name":"{{new string('x', (1 << 20) + 1)}}"}""", Encoding.UTF8, "application/json");
        using var answer = await _service.Http.PostAsync(new Uri("/things", UriKind.Relative), content);

        await ProblemAsync(answer, 413);
    }

    [Fact]
    public async Task While_the_database_is_away_the_answer_is_503_with_a_time_to_come_back()
    {
        _wire.Refuse();
        using var answer = await _service.Http.GetAsync(new Uri("/database", UriKind.Relative));

        await ProblemAsync(answer, 503);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));

        _wire.Restore();
        await Eventually.TrueAsync(async () => (await _service.Http.GetAsync(new Uri("/database", UriKind.Relative))).IsSuccessStatusCode, "the database is used again");
    }

    [Fact]
    public async Task A_constraint_that_said_no_is_409()
    {
        using var answer = await _service.Http.GetAsync(new Uri("/conflict", UriKind.Relative));

        await ProblemAsync(answer, 409);
    }

    [Fact]
    public async Task What_the_database_refuses_for_a_mistake_of_ours_is_500_and_nobody_is_asked_to_repeat_it()
    {
        using var answer = await _service.Http.GetAsync(new Uri("/mistake", UriKind.Relative));

        await ProblemAsync(answer, 500);
        answer.Headers.RetryAfter.ShouldBeNull();
    }

    [Fact]
    public async Task A_failure_of_ours_is_500_and_tells_nothing_of_itself()
    {
        using var answer = await _service.Http.GetAsync(new Uri("/failure", UriKind.Relative));

        (await ProblemAsync(answer, 500)).ToString().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_route_that_is_not_there_is_a_problem_too_and_names_no_code()
    {
        using var answer = await _service.Http.GetAsync(new Uri("/unsubscribe/secret-code", UriKind.Relative));

        (await ProblemAsync(answer, 404)).ToString().ShouldNotContain("secret-code");
    }

    [Fact]
    public async Task A_method_that_a_route_does_not_have_is_405_with_those_it_has()
    {
        using var answer = await _service.Http.DeleteAsync(new Uri("/things", UriKind.Relative));

        await ProblemAsync(answer, 405);
        answer.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Fact]
    public async Task Answers_are_camelCase_with_times_in_Z_and_every_field()
    {
        var view = await _service.Http.GetFromJsonAsync<JsonElement>("/view");

        view.ToString().ShouldBe("""{"firstName":"Jane","createdAt":"2026-11-23T16:00:00.000Z","endedAt":null}""");
    }

    [Fact]
    public async Task Every_answer_forbids_sniffing_framing_and_referrers()
    {
        using var answer = await _service.Http.GetAsync(new Uri("/view", UriKind.Relative));

        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    [Fact]
    public async Task A_route_demands_a_credential_unless_it_says_otherwise()
    {
        using var answer = await _service.Http.GetAsync(new Uri("/private", UriKind.Relative));

        await ProblemAsync(answer, 401);
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    private static void Map(WebApplication app)
    {
        app.MapPost("/things", (Thing thing) => thing).AllowAnonymous();
        app.MapGet("/database", async (LeadDatabase database, CancellationToken cancel) => await database.DoorAsync<int>("SELECT 1", null, cancel)).AllowAnonymous();
        app.MapGet("/conflict", async (LeadDatabase database, CancellationToken cancel) =>
            await database.ExecuteAsync(Guid.CreateVersion7(), """
                INSERT INTO tenants (id, slug, name, timezone, created_at, updated_at)
                VALUES (@tenantId, 'acme-tint', 'Other', 'America/Chicago', '2026-11-23Z', '2026-11-23Z')
                """, null, cancel)).AllowAnonymous();
        app.MapGet("/mistake", async (LeadDatabase database, CancellationToken cancel) => await database.DoorAsync<int>("SELECT 1 FROM no_such_table", null, cancel)).AllowAnonymous();
        app.MapGet("/failure", string () => throw new InvalidOperationException("hunter2")).AllowAnonymous();
        app.MapGet("/view", () => new View("Jane", HttpClock.MondayMorning, null)).AllowAnonymous();
        app.MapGet("/private", () => "private");
        app.MapGet("/list", (int? limit, DateTimeOffset? from) => $"{limit} {from}").AllowAnonymous();
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, int status)
    {
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        return problem;
    }

    public sealed record Thing(string Name, DateTimeOffset? When, Inner? Inner);

    public sealed record Inner(int Count);

    public sealed record View(string FirstName, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);
}
