using System.Security.Claims;
using System.Text;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LeadOrchestrator.Shared.Tests.Auth;

public sealed class TokensTests
{
    private static readonly User Staff = new(Guid.CreateVersion7(), Guid.CreateVersion7(), "jane@example.com", "", "Jane", "manager", null);

    private readonly FakeTimeProvider _clock = new(HttpClock.MondayMorning);

    [Fact]
    public async Task A_staff_token_says_who_where_and_in_which_role()
    {
        var tokens = await WithKeyAsync(1);

        var (token, expiresAt) = tokens.ForStaff(Staff);
        var identity = await tokens.ReadAsync(token, Tokens.StaffAudience);

        expiresAt.ShouldBe(HttpClock.MondayMorning + Tokens.StaffLifetime);
        identity.ShouldBe(new TokenIdentity(Staff.TenantId, Staff.Id, "manager", HttpClock.MondayMorning.UtcDateTime));
    }

    [Fact]
    public async Task A_chat_token_says_which_session_and_has_no_role()
    {
        var tokens = await WithKeyAsync(1);
        var (tenant, session, code) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());

        var identity = await tokens.ReadAsync(tokens.ForChat(tenant, session, code, HttpClock.MondayMorning.AddDays(14)), Tokens.ChatAudience);

        identity.ShouldNotBeNull();
        (identity.TenantId, identity.Subject, identity.Role, identity.CodeId).ShouldBe((tenant, session, null, code));
    }

    [Fact]
    public async Task A_chat_token_is_no_staff_token_and_the_other_way_round()
    {
        var tokens = await WithKeyAsync(1);

        (await tokens.ReadAsync(tokens.ForChat(Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), HttpClock.MondayMorning.AddDays(1)), Tokens.StaffAudience)).ShouldBeNull();
        (await tokens.ReadAsync(tokens.ForStaff(Staff).Token, Tokens.ChatAudience)).ShouldBeNull();
    }

    [Fact]
    public async Task A_token_of_another_key_is_nothing()
    {
        var (ours, theirs) = (await WithKeyAsync(1), await WithKeyAsync(2));

        (await ours.ReadAsync(theirs.ForStaff(Staff).Token, Tokens.StaffAudience)).ShouldBeNull();
    }

    [Fact]
    public async Task A_token_without_a_signature_is_nothing()
    {
        var tokens = await WithKeyAsync(1);
        var parts = tokens.ForStaff(Staff).Token.Split('.');
        var none = Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""");

        (await tokens.ReadAsync($"{none}.{parts[1]}.", Tokens.StaffAudience)).ShouldBeNull();
        (await tokens.ReadAsync($"{none}.{parts[1]}.{parts[2]}", Tokens.StaffAudience)).ShouldBeNull();
        (await tokens.ReadAsync($"{parts[0]}.{parts[1]}.", Tokens.StaffAudience)).ShouldBeNull();
    }

    [Fact]
    public async Task A_token_whose_claims_were_changed_is_nothing()
    {
        var tokens = await WithKeyAsync(1);
        var parts = tokens.ForStaff(Staff).Token.Split('.');
        var claims = Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(parts[1])).Replace("manager", "platform_admin", StringComparison.Ordinal);

        (await tokens.ReadAsync($"{parts[0]}.{Base64UrlEncoder.Encode(claims)}.{parts[2]}", Tokens.StaffAudience)).ShouldBeNull();
    }

    [Fact]
    public async Task Another_algorithm_with_our_key_is_refused()
    {
        var tokens = await WithKeyAsync(1, 64);

        (await tokens.ReadAsync(Signed(SecurityAlgorithms.HmacSha512, Tokens.Issuer), Tokens.StaffAudience)).ShouldBeNull();
        (await tokens.ReadAsync(Signed(SecurityAlgorithms.HmacSha256, Tokens.Issuer), Tokens.StaffAudience)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Another_issuer_is_refused()
    {
        var tokens = await WithKeyAsync(1, 64);

        (await tokens.ReadAsync(Signed(SecurityAlgorithms.HmacSha256, "somebody-else"), Tokens.StaffAudience)).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(8 * 3600 + 29, true)]
    [InlineData(8 * 3600 + 31, false)]
    [InlineData(-29, true)]
    [InlineData(-31, false)]
    public async Task A_token_lives_from_its_making_to_its_end_with_half_a_minute_for_clocks(int secondsLater, bool isValid)
    {
        var tokens = await WithKeyAsync(1);
        var (token, _) = tokens.ForStaff(Staff);
        var reader = await WithKeyAsync(1, clock: new FakeTimeProvider(HttpClock.MondayMorning.AddSeconds(secondsLater)));

        (await reader.ReadAsync(token, Tokens.StaffAudience) is not null).ShouldBe(isValid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("....")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9..")]
    public async Task Garbage_is_nothing_and_no_error(string token) =>
        (await (await WithKeyAsync(1)).ReadAsync(token, Tokens.StaffAudience)).ShouldBeNull();

    private static string Signed(string algorithm, string issuer) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = issuer,
        Audience = Tokens.StaffAudience,
        NotBefore = HttpClock.MondayMorning.UtcDateTime,
        Expires = HttpClock.MondayMorning.AddHours(1).UtcDateTime,
        Subject = new ClaimsIdentity([new("sub", Staff.Id.ToString()), new(Tokens.TenantClaim, Staff.TenantId.ToString()), new(Tokens.RoleClaim, "manager")]),
        SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(KeyOf(1, 64)), algorithm),
    });

    private static byte[] KeyOf(byte part, int length) => [.. Enumerable.Repeat(part, length)];

    private async Task<Tokens> WithKeyAsync(byte part, int length = 32, TimeProvider? clock = null)
    {
        var settings = new PlatformSettings
        {
            Database = "", PublicUrl = new Uri("http://localhost:3000"), LogLevel = "info", TenantSlug = "default", JwtSigningKey = KeyOf(part, length),
        };
        var key = new SigningKey(null!, settings);
        await key.LoadAsync(CancellationToken.None);
        return new Tokens(key, clock ?? _clock);
    }
}
