using System.Net.Http.Headers;
using System.Security.Claims;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Tenants;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;

namespace LeadOrchestrator.Shared.Tests.Auth;

public sealed class StaffSignInTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private SmallService _service = null!;
    private Guid _home;
    private Guid _other;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _service = await SmallService.StartAsync(_database, app => app.MapGet("/whoami", (ClaimsPrincipal staff) => $"{staff.TenantId()} {staff.UserId()}"));
        _home = _service.Get<DefaultTenant>().Id;
        _other = await _service.Get<TenantStore>().EnsureAsync("other-shop", "Other Shop", "America/New_York", null, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_user_signs_in_with_email_and_password_however_the_email_is_written()
    {
        var users = _service.Get<UserStore>();
        (await users.AddAsync(_home, "Jane@Example.com", "correct horse", "Jane", "owner", CancellationToken.None)).ShouldBeTrue();

        var user = (await users.SignInAsync("JANE@example.COM", "correct horse", null, CancellationToken.None)).SingleOrDefault();

        user.ShouldNotBeNull();
        (user.TenantId, user.Email, user.Name, user.Role, user.DisabledAt).ShouldBe((_home, "jane@example.com", "Jane", "owner", null));
        user.PasswordHash.ShouldNotContain("correct horse");
        (await users.SignInAsync("jane@example.com", "correct horse ", null, CancellationToken.None)).ShouldBeEmpty();
        (await users.SignInAsync("jane@example.com", "", null, CancellationToken.None)).ShouldBeEmpty();
        (await users.SignInAsync("nobody@example.com", "correct horse", null, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_email_in_two_tenants_signs_in_where_the_password_fits()
    {
        var users = _service.Get<UserStore>();
        await users.AddAsync(_home, "both@example.com", "password at home", "Both", "owner", CancellationToken.None);
        await users.AddAsync(_other, "both@example.com", "password elsewhere", "Both", "advisor", CancellationToken.None);

        (await users.SignInAsync("both@example.com", "password at home", null, CancellationToken.None)).Single().TenantId.ShouldBe(_home);
        (await users.SignInAsync("both@example.com", "password elsewhere", null, CancellationToken.None)).Single().TenantId.ShouldBe(_other);
    }

    [Fact]
    public async Task One_email_and_password_in_six_tenants_sign_in_at_the_one_that_is_named()
    {
        var users = _service.Get<UserStore>();
        List<Guid> tenants = [_home, _other];
        for (var number = 3; number <= 6; number++)
        {
            tenants.Add(await _service.Get<TenantStore>().EnsureAsync($"shop-{number}", $"Shop {number}", "America/New_York", null, CancellationToken.None));
        }

        foreach (var tenant in tenants)
        {
            await users.AddAsync(tenant, "six@example.com", "one password", "Six", "owner", CancellationToken.None);
        }

        (await users.SignInAsync("six@example.com", "one password", null, CancellationToken.None)).Select(user => user.TenantId).ShouldBe(tenants);
        foreach (var tenant in tenants)
        {
            (await users.SignInAsync("six@example.com", "one password", tenant, CancellationToken.None)).Single().TenantId.ShouldBe(tenant);
        }

        (await users.SignInAsync("six@example.com", "another", tenants[5], CancellationToken.None)).ShouldBeEmpty();
        (await users.SignInAsync("six@example.com", "one password", Guid.Empty, CancellationToken.None)).ShouldBeEmpty("that is no franchise of theirs");
    }

    [Fact]
    public async Task A_platform_administrator_is_found_whichever_franchise_is_named()
    {
        var users = _service.Get<UserStore>();
        await users.AddAsync(_home, "root@example.com", "one password", "Root", Roles.PlatformAdmin, CancellationToken.None);

        (await users.SignInAsync("root@example.com", "one password", _other, CancellationToken.None)).Single().TenantId.ShouldBe(_home);
    }

    [Fact]
    public async Task A_disabled_user_does_not_sign_in_and_a_second_one_with_the_email_is_not_made()
    {
        var users = _service.Get<UserStore>();
        await users.AddAsync(_home, "gone@example.com", "password", "Gone", "owner", CancellationToken.None);
        (await users.AddAsync(_home, "GONE@example.com", "other", "Gone", "owner", CancellationToken.None)).ShouldBeFalse();
        await _database.ExecuteAsync("UPDATE users SET disabled_at = '2026-11-23Z' WHERE email = 'gone@example.com'");

        (await users.SignInAsync("gone@example.com", "password", null, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_acts_in_the_tenant_of_its_token()
    {
        var user = new User(_home, Guid.CreateVersion7(), "a@example.com", "", "A", "owner", null);

        (await AskAsync(user)).ShouldBe((200, $"{_home} {user.Id}"));
    }

    [Theory]
    [InlineData("owner")]
    [InlineData("manager")]
    [InlineData("advisor")]
    public async Task Staff_of_a_tenant_cannot_leave_it(string role)
    {
        var user = new User(_home, Guid.CreateVersion7(), "a@example.com", "", "A", role, null);

        (await AskAsync(user, "other-shop")).ShouldBe((200, $"{_home} {user.Id}"));
    }

    [Fact]
    public async Task A_platform_administrator_acts_in_the_tenant_it_names_and_that_is_written_down_there()
    {
        var user = new User(_home, Guid.CreateVersion7(), "a@example.com", "", "A", Roles.PlatformAdmin, null);

        (await AskAsync(user, "other-shop")).ShouldBe((200, $"{_other} {user.Id}"));
        (await AskAsync(user, _other.ToString())).ShouldBe((200, $"{_other} {user.Id}"));
        (await AskAsync(user)).ShouldBe((200, $"{_home} {user.Id}"));
        var nobody = await AskAsync(user, "nobody");
        (nobody.Status, nobody.Body.Contains("X-Tenant-Id names no tenant", StringComparison.Ordinal)).ShouldBe((404, true), nobody.Body);
        (await AskAsync(user, Guid.CreateVersion7().ToString())).Status.ShouldBe(404);

        var notes = await _database.RowsAsync("SELECT action, target FROM audit_events WHERE tenant_id = $1 AND actor_id = $2", _other, user.Id);
        notes.Count.ShouldBe(2);
        notes[0]["target"].ShouldBe("GET /whoami");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer nonsense")]
    [InlineData("Basic YTpi")]
    public async Task Without_a_valid_token_the_answer_is_401(string? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/whoami");
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", header);
        }

        using var answer = await _service.Http.SendAsync(request);

        ((int)answer.StatusCode).ShouldBe(401);
    }

    [Fact]
    public async Task A_chat_token_opens_no_staff_route()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/whoami");
        request.Headers.Authorization = new("Bearer", _service.Get<Tokens>().ForChat(_home, Guid.CreateVersion7(), Guid.CreateVersion7(), TimeProvider.System.GetUtcNow().AddDays(1)));

        using var answer = await _service.Http.SendAsync(request);

        ((int)answer.StatusCode).ShouldBe(401);
    }

    private async Task<(int Status, string Body)> AskAsync(User user, string? tenant = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/whoami");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _service.Get<Tokens>().ForStaff(user).Token);
        if (tenant is not null)
        {
            request.Headers.Add("X-Tenant-Id", tenant);
        }

        using var answer = await _service.Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
