using System.Net;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadOrchestrator.Shared.Tests.Hosting;

/// <summary>What fails for one franchise is not everybody's failure, and is not hidden either.</summary>
public sealed class TenantConditionsTests
{
    private static readonly Guid First = Guid.CreateVersion7();
    private static readonly Guid Second = Guid.CreateVersion7();

    private readonly Conditions _conditions = new(NullLogger<Conditions>.Instance);
    private readonly DefaultTenant _default = new(null!, null!);
    private readonly TenantConditions _ofTenants;

    public TenantConditionsTests() => _ofTenants = new TenantConditions(_conditions, _default, NullLogger<TenantConditions>.Instance);

    [Fact]
    public void The_default_tenants_failure_is_the_installations_check()
    {
        _ofTenants.Failed("twilio", _default.Id, "denied", "Mend it.");

        _conditions.Failing.ShouldHaveSingleItem().Check.ShouldBe("twilio");
        _ofTenants.Failing().ShouldBeEmpty();
        _ofTenants.Of("twilio", _default.Id)!.State.ShouldBe("denied");

        _ofTenants.Succeeded("twilio", _default.Id);

        _conditions.Failing.ShouldBeEmpty();
    }

    [Fact]
    public void Others_are_counted_by_what_it_is_and_none_is_named()
    {
        _ofTenants.Failed("twilio", First, "denied", "Mend it.");
        _ofTenants.Failed("twilio", Second, "denied", "Mend it.");

        _conditions.Failing.ShouldBeEmpty();
        var failing = _ofTenants.Failing().ShouldHaveSingleItem();
        (failing.Check, failing.State).ShouldBe(("twilio_tenants", "denied"));
        failing.Fix.ShouldStartWith("2 tenants");
        failing.Fix.ShouldNotContain(First.ToString());
        failing.Fix.ShouldEndWith("Mend it.");

        _ofTenants.Succeeded("twilio", First);

        _ofTenants.Failing().ShouldHaveSingleItem().Fix.ShouldStartWith("1 tenant ");
        _ofTenants.Of("twilio", First).ShouldBeNull();
        _ofTenants.Of("twilio", Second)!.State.ShouldBe("denied");
    }

    [Fact]
    public void A_few_failures_in_a_row_are_weather()
    {
        _ofTenants.Failed("twilio", First, "timeout", "Wait.", most: 2);
        _ofTenants.Failed("twilio", First, "timeout", "Wait.", most: 2);
        _ofTenants.Failing().ShouldBeEmpty();

        _ofTenants.Failed("twilio", First, "timeout", "Wait.", most: 2);

        _ofTenants.Failing().ShouldHaveSingleItem().State.ShouldBe("timeout");
    }

    [Fact]
    public async Task A_refused_key_of_a_request_in_a_tenants_name_is_that_tenants()
    {
        using var handler = new VendorObserver("TwilioClient", _ofTenants, _default) { InnerHandler = new Refusing() };
        using var http = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://vendor.example/2010-04-01");
        request.ActFor(First);

        (await http.SendAsync(request, CancellationToken.None)).Dispose();

        _conditions.Failing.ShouldBeEmpty();
        _ofTenants.Of("twilio", First)!.State.ShouldBe("denied");
    }

    private sealed class Refusing : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Unauthorized));
    }
}
