using System.Text;

namespace LeadOrchestrator.Sandbox.Tests;

public sealed class SignaturesTests
{
    // The first is the vendor's own vector (standard-webhooks, MIT); the others sign the same with the other key forms.
    [Theory]
    [InlineData(WebhookKeyForm.Base64, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData(WebhookKeyForm.Raw, "v1,ELhqG0Ku1gwOc1f4jyKdp3SFGFLAOdJ9bvpWLciCakI=")]
    [InlineData(WebhookKeyForm.RawWithPrefix, "v1,TcxlhK9b6UD6iVI1ZU2tTqp8PEVfYRseNNfa6b+LcUg=")]
    public void A_standard_webhook_is_signed_as_the_vendor_signs_it(WebhookKeyForm form, string expected)
    {
        var signature = StandardWebhookSignature.Sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
            Encoding.UTF8.GetBytes("{\"test\": 2432232314}"), form);

        signature.ShouldBe(expected);
    }

    // From twilio-csharp's tests (MIT).
    [Theory]
    [InlineData("https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")]
    [InlineData("https://MyCompany.com/myapp.php?foo=1&bar=2", "g9IN/x4Cft2g517EjYvEvM/W7LU=")]
    [InlineData("http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=")]
    public void A_form_is_signed_as_Twilio_signs_it(string url, string expected)
    {
        var form = new Dictionary<string, string>
        {
            ["CallSid"] = "CA1234567890ABCDE",
            ["From"] = "+14158675309",
            ["Digits"] = "1234",
            ["To"] = "+18005551212",
            ["Caller"] = "+14158675309",
        };

        TwilioSignature.Sign("12345", url, form).ShouldBe(expected);
    }

    [Fact]
    public void Empty_and_accented_values_are_part_of_the_signature()
    {
        var form = new Dictionary<string, string>
        {
            ["ToCountry"] = "US",
            ["ToState"] = "CA",
            ["SmsMessageSid"] = "SM00000000000000000000000000000001",
            ["NumMedia"] = "0",
            ["ToCity"] = "",
            ["FromZip"] = "94105",
            ["SmsSid"] = "SM00000000000000000000000000000001",
            ["FromState"] = "CA",
            ["SmsStatus"] = "received",
            ["FromCity"] = "SAN FRANCISCO",
            ["Body"] = "Stop ünïcode ✓ & a=b",
            ["FromCountry"] = "US",
            ["To"] = "+15005550006",
            ["ToZip"] = "",
            ["NumSegments"] = "1",
            ["MessageSid"] = "SM00000000000000000000000000000001",
            ["AccountSid"] = "AC00000000000000000000000000000000",
            ["From"] = "+15005550001",
            ["ApiVersion"] = "2010-04-01",
        };

        TwilioSignature.Sign("12345", "https://leads.example.com/webhooks/twilio/inbound/tenant-1", form)
            .ShouldBe("rBUbgGSA/kwkdxm9Ye79s0sdDms=");
    }
}
