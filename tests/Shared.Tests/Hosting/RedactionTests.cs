using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("to +15125550123 failed", "to [phone] failed")]
    [InlineData("tel:+15125550123", "tel:[phone]")]
    [InlineData("To=%2B15125550123&From=%2b447911123456", "To=[phone]&From=[phone]")]
    [InlineData("{\"phone\":\"+447911123456\"}", "{\"phone\":\"[phone]\"}")]
    [InlineData("(512) 555-0123", "[phone]")]
    [InlineData("(512)555-0123", "[phone]")]
    [InlineData("512-555-0123.", "[phone].")]
    [InlineData("512.555.0123", "[phone]")]
    [InlineData("call 512 555 0123 now", "call [phone] now")]
    [InlineData("1-512-555-0123", "[phone]")]
    [InlineData("+1 512 555 0123", "[phone]")]
    [InlineData("+1 (512) 555-0123", "[phone]")]
    [InlineData("phone=5125550123", "phone=[phone]")]
    public void A_phone_number_is_struck_out(string text, string expected) => Redaction.Scrub(text).ShouldBe(expected);

    [Theory]
    [InlineData("mail to jo.o'hara+x@example.co.uk!", "mail to jo.o'[email]!")]
    [InlineData("<jane_doe@example.com>", "<[email]>")]
    public void An_email_address_is_struck_out(string text, string expected) => Redaction.Scrub(text).ShouldBe(expected);

    [Theory]
    [InlineData("https://shop.example/c/Ab-c_123", "https://shop.example/c/[redacted]")]
    [InlineData("GET /c/Ab-c_123?utm=1", "GET /c/[redacted]?utm=1")]
    [InlineData("GET /C/Ab-c_123 or /Unsubscribe/eyJh", "GET /C/[redacted] or /Unsubscribe/[redacted]")]
    [InlineData("/unsubscribe/eyJh.b%2Bc", "/unsubscribe/[redacted]")]
    [InlineData("see https://shop.example/c/“Ab-c_123” there", "see https://shop.example/c/[redacted] there")]
    [InlineData("(/c/(Ab-c_123) or", "(/c/[redacted] or")]
    [InlineData("/c/%20Ab-c_123 or /c//Ab-c_123", "/c/[redacted] or /c/[redacted]")]
    [InlineData("{\"url\":\"/c/Ab-c_123\",\"id\":7}", "{\"url\":\"/c/[redacted]\",\"id\":7}")]
    [InlineData("/c/Ab-c_123/pictures", "/c/[redacted]/pictures")]
    [InlineData("Authorization: Bearer abc.def-123", "Authorization: Bearer [redacted]")]
    [InlineData("Authorization: Basic QUM6dG9rZW4=", "Authorization: Basic [redacted]")]
    [InlineData("cookie eyJhbGciOi.eyJzdWIi.c2ln ended", "cookie [redacted] ended")]
    [InlineData("key SG.abc-def.ghi_jkl is wrong", "key [redacted] is wrong")]
    [InlineData("sk-ant-api03-abc_DEF", "[redacted]")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "[redacted]")]
    [InlineData("lo_live_0123456789abc", "[redacted]")]
    [InlineData("Host=h;Username=u;Password=hunter2;Database=d", "Host=h;Username=u;Password=[redacted];Database=d")]
    [InlineData("postgresql://u:hunter2@h/d", "postgresql://u:[redacted]@h/d")]
    public void A_link_that_opens_something_or_a_key_is_struck_out(string text, string expected) => Redaction.Scrub(text).ShouldBe(expected);

    [Theory]
    [InlineData("Sent touch point 019ab1c2-5125-7550-8123-512555012345 of lead 019ab1c2-0000-7000-8000-000000000001")]
    [InlineData("2026-11-22T21:13:58.1234567Z")]
    [InlineData("2026-11-22 21:13:58+00:00")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("SM0123456789abcdef0123456789abcdef was 30007")]
    [InlineData("AC00000000000000000000000000000000")]
    [InlineData("6287a4154d1a72cc5ce091bb")]
    [InlineData("now 1763845938 is 1763845938123 ms")]
    [InlineData("10.0.0.12:5432 took 1234.5678 ms, 20261122 rows")]
    [InlineData("at System.Net.Http.HttpClient.<SendAsync>g__Core|83_0 in /src/a/Client.cs:line 512")]
    [InlineData("SqlState 57P03, version 10.0.15+1ac2b3c4d5e6f7a8")]
    public void Ids_times_and_numbers_stay(string text) => Redaction.Scrub(text).ShouldBe(text);

    [Theory]
    [InlineData("/c/secret-code", "/c/[redacted]")]
    [InlineData("/c/(secret-code", "/c/[redacted]")]
    [InlineData("/c/%E2%80%9Csecret code?x", "/c/[redacted]")]
    [InlineData("/c//secret-code", "/c/[redacted]")]
    [InlineData("/Unsubscribe/'secret'/more", "/Unsubscribe/[redacted]/more")]
    public void A_path_that_is_kept_in_a_trace_has_no_code(string path, string expected) => Redaction.Path(path).ShouldBe(expected);

    [Fact]
    public void A_long_text_of_nearly_phones_takes_no_time()
    {
        var text = string.Concat(Enumerable.Repeat("512 555 01 a@b 1-2-3 +1 ", 20_000));

        var started = System.Diagnostics.Stopwatch.StartNew();
        Redaction.Scrub(text);

        started.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
