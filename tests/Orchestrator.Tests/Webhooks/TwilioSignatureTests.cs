using LeadOrchestrator.Orchestrator.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>The vectors are those of Twilio's own library's tests (read 2026-11-22).</summary>
public sealed class TwilioSignatureTests
{
    private static readonly FormCollection Form = new(new Dictionary<string, StringValues>
    {
        ["CallSid"] = "CA1234567890ABCDE", ["From"] = "+14158675309", ["Digits"] = "1234", ["To"] = "+18005551212", ["Caller"] = "+14158675309",
    });

    // Twilio's library takes the host's letters as they stand alone. Ours takes them in small ones as well: so we write the addresses that we give to Twilio.
    [Theory]
    [InlineData("https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    [InlineData("https://MyCompany.com/myapp.php?foo=1&bar=2", "g9IN/x4Cft2g517EjYvEvM/W7LU=")]
    [InlineData("http://MyCompany.com/myapp.php?foo=1&bar=2", "XY7AlKOKL6im4yWyX84gldUrtis=")]
    [InlineData("HTTP://username:password@MyCompany.com/myapp.php?foo=1&bar=2", "hy/l8pca+LFms4cvRdv8uiP6NGc=")]
    [InlineData("https://mycompany.com:1234/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    [InlineData("http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=")]
    [InlineData("http://MyCompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", false)]
    public void Each_of_the_vendors_vectors_ends_as_its_library_says(string url, string signature, bool isValid = true) =>
        TwilioSignature.IsValid("12345", new Uri(url), Form, signature).ShouldBe(isValid);

    [Fact]
    public void Another_token_path_or_field_is_refused()
    {
        var url = new Uri("https://mycompany.com/myapp.php?foo=1&bar=2");
        TwilioSignature.IsValid("54321", url, Form, "RSOYDt4T1cUTdK1PDd93/VVr8B8=").ShouldBeFalse();
        TwilioSignature.IsValid("12345", new Uri("https://mycompany.com/other.php"), Form, "RSOYDt4T1cUTdK1PDd93/VVr8B8=").ShouldBeFalse();
        var more = new FormCollection(Form.Append(new("Extra", "1")).ToDictionary(field => field.Key, field => field.Value));
        TwilioSignature.IsValid("12345", url, more, "RSOYDt4T1cUTdK1PDd93/VVr8B8=").ShouldBeFalse();
        TwilioSignature.IsValid("12345", url, Form, "").ShouldBeFalse();
    }

    [Fact]
    public void A_field_that_comes_twice_is_refused()
    {
        var twice = new FormCollection(new Dictionary<string, StringValues> { ["Body"] = new(["STOP", "START"]) });
        var signed = TwilioSignature.Compute("12345", "https://mycompany.com/x" + "Body" + "STOP,START");
        TwilioSignature.IsValid("12345", new Uri("https://mycompany.com/x"), twice, signed).ShouldBeFalse();
    }
}
