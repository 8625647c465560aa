using System.Net;
using LeadOrchestrator.Orchestrator.Staff;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Orchestrator.Tests.Staff;

/// <summary>Whose wrong passwords are counted together.</summary>
public sealed class SignInLimitsTests
{
    [Theory]
    [InlineData("198.51.100.7", "198.51.100.7")]
    [InlineData("203.0.113.1, 198.51.100.7:5678", "198.51.100.7")]
    [InlineData("[2001:db8:1:2::1]:80", "20010DB800010002")]
    [InlineData("[2001:db8:1:2::1]", "20010DB800010002")]
    [InlineData("2001:db8:1:2::1", "20010DB800010002")]
    [InlineData("::ffff:198.51.100.7", "198.51.100.7")]
    [InlineData("nobody", "10.0.0.1")]
    public void A_proxy_may_write_the_port_of_whom_it_speaks_for(string forwardedFor, string expected)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.1");
        http.Request.Headers["X-Forwarded-For"] = forwardedFor;

        SignInLimits.AddressOf(http).ShouldBe(expected);
    }

    [Fact]
    public void A_site_of_IPv6_does_not_get_new_tries_with_each_of_its_networks()
    {
        using var limits = new SignInLimits();
        for (var guess = 0; guess < 300; guess++)
        {
            limits.Failed($"nobody-{guess}@example.com", $"20010DB80001{guess:X4}");
        }

        limits.WaitOf("somebody@example.com", "20010DB80001FFFF").ShouldNotBeNull();
        limits.WaitOf("somebody@example.com", "20010DB80002FFFF").ShouldBeNull();
        limits.WaitOf("somebody@example.com", "198.51.100.7").ShouldBeNull();
    }
}
