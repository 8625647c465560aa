using System.Text.Json;
using LeadOrchestrator.Orchestrator.Appointments;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey;

/// <summary>The CRM's bad days as its client tells them, and what many look-ups at once cost.</summary>
public sealed class ShopmonkeyClientTests : Shop
{
    protected override bool StartsOne => false;

    [Theory]
    [InlineData(429, "json", 7, "shopmonkey_429", ShopmonkeyFailure.Outage)]
    [InlineData(429, "json", null, "shopmonkey_429", ShopmonkeyFailure.Outage)]
    [InlineData(429, "html", null, "shopmonkey_429", ShopmonkeyFailure.Outage)]
    [InlineData(403, "html", null, "shopmonkey_403", ShopmonkeyFailure.Outage)]
    [InlineData(403, "json", null, "shopmonkey_403", ShopmonkeyFailure.Denied)]
    [InlineData(500, "html", null, "shopmonkey_500", ShopmonkeyFailure.Outage)]
    [InlineData(400, "json", null, "shopmonkey_400", ShopmonkeyFailure.Refused)]
    public async Task An_answer_that_is_none_says_what_kind_of_failure_it_is(int status, string body, int? retryAfter, string code, ShopmonkeyFailure kind)
    {
        var (client, tenant) = await ClientAsync();
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Status = status, Body = body, RetryAfter = retryAfter, Count = 1 });

        var failure = await Should.ThrowAsync<ShopmonkeyException>(() => ListAsync(client, tenant));

        (failure.Message, failure.Failure).ShouldBe((code, kind));
        failure.RetryAfter.ShouldBe(retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
    }

    [Theory]
    [InlineData("json", 600)]
    [InlineData("html", null)]
    public async Task After_a_429_nothing_is_sent_until_its_time_is_over(string body, int? retryAfter)
    {
        var (client, tenant) = await ClientAsync();
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Kind = FaultKind.Status, Status = 429, Body = body, RetryAfter = retryAfter, Count = 1 });
        await Should.ThrowAsync<ShopmonkeyException>(() => ListAsync(client, tenant));
        var calls = Sandbox.Calls.Count;

        var paused = await Should.ThrowAsync<ShopmonkeyException>(() => ListAsync(client, tenant));

        (paused.Message, paused.Failure).ShouldBe(("shopmonkey_paused", ShopmonkeyFailure.Outage));
        paused.RetryAfter!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        Sandbox.Calls.Count.ShouldBe(calls);
    }

    [Theory]
    [InlineData(401, "json", false)]
    [InlineData(400, "json", false)]
    [InlineData(403, "html", false)]
    [InlineData(403, "json", true)]
    [InlineData(404, "json", true)]
    public async Task A_key_that_fails_while_the_board_is_read_makes_of_no_quote_an_order_in_another_column(int status, string body, bool isEmptyBoard)
    {
        var (_, tenant) = await ClientAsync();
        var columns = _app!.Services.GetRequiredService<WorkflowColumns>();
        Sandbox.Faults.Add(new Fault { Vendor = Vendor.Shopmonkey, Operation = "workflow_status.list", Kind = FaultKind.Status, Status = status, Body = body, Count = 1 });

        var read = columns.GetAsync(tenant, CancellationToken.None);

        if (isEmptyBoard)
        {
            (await read).ShouldBeEmpty(); // this key may not read columns: the order's name decides
        }
        else
        {
            await Should.ThrowAsync<ShopmonkeyException>(read);
            (await columns.GetAsync(tenant, CancellationToken.None)).ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task A_booking_is_written_with_its_length_and_in_the_CRMs_own_time_format()
    {
        var (_, tenant) = await ClientAsync();
        using var told = new Written();
        using var http = new HttpClient(told);
        var client = new ShopmonkeyClient(http, _app!.Services.GetRequiredService<VendorAccounts>(), _app.Services.GetRequiredService<CrmPaces>());
        var (starts, ends) = (DateTimeOffset.Parse("2026-11-24T10:00-06:00", null), DateTimeOffset.Parse("2026-11-24T17:30Z", null));

        await client.MakeAppointmentAsync(tenant, new CrmBooking("Tint", "blue", starts, ends, "[lead-orchestrator:x]", "austin", null, null, null), CancellationToken.None);
        await client.MoveAppointmentAsync(tenant, "a1", new CrmTimes(starts, ends), CancellationToken.None);

        told.Requests.Select(request => request.Length == request.Body.Length).ShouldBe([true, true]);
        told.Requests[0].Body.ShouldBe("""{"name":"Tint","color":"blue","startDate":"2026-11-24T16:00:00.000Z","endDate":"2026-11-24T17:30:00.000Z","note":"[lead-orchestrator:x]","locationId":"austin"}""");
        told.Requests[1].Body.ShouldBe("""{"startDate":"2026-11-24T16:00:00.000Z","endDate":"2026-11-24T17:30:00.000Z"}""");
    }

    [Fact]
    public async Task A_page_has_its_rows_as_they_are_and_its_true_total()
    {
        var (client, tenant) = await ClientAsync();

        var page = await ListAsync(client, tenant);

        page.Total.ShouldBe(1);
        var row = page.Rows.ShouldHaveSingleItem();
        (row.Id, row.Version, row.IsDeleted).ShouldBe((LeadOrchestrator.Sandbox.Shopmonkey.Crm.SampleOrderId, 244_977_319_089, false));
        row.UpdatedAt.ShouldBeNull();
        row.Data.GetProperty("customer").GetProperty("firstName").GetString().ShouldBe("Ann");
    }

    [Theory]
    [InlineData("""{"data":[]}""", 0)]
    [InlineData("""{"data":[],"meta":{"total":7}}""", 7)]
    [InlineData("""{"data":[{"id":"a"}],"meta":{"hasMore":false}}""", 1)]
    [InlineData("""{"data":[{"id":"a"}],"meta":{"hasMore":true}}""", CrmPage.UnknownTotal)]
    [InlineData("""{"data":[{"id":"a"},{"id":7},[],null]}""", 4)]
    public void A_list_is_as_long_as_it_says(string json, long total) => CrmPage.Read(JsonDocument.Parse(json).RootElement).Total.ShouldBe(total);

    [Fact]
    public void What_old_rows_have_as_a_number_or_badly_written_is_read_and_a_list_in_a_texts_place_is_not()
    {
        var customer = Row("""{"id":"c","postalCode":78701,"phoneNumbers":[{"number":15125550100,"primary":"true","optIn":"false"}],"updatedDate":"","createdDate":"2026-11-23T16:00:00.000+0000","meta":{"version":"v7"}}""", ShopmonkeyJson.Default.CustomerRow)!;
        (customer.PostalCode, customer.PhoneNumbers![0].Number, customer.PhoneNumbers[0].Primary, customer.PhoneNumbers[0].OptIn).ShouldBe(("78701", "15125550100", true, false));
        (customer.UpdatedDate, customer.CreatedDate, customer.Meta!.Version).ShouldBe((null, DateTimeOffset.Parse("2026-11-23T16:00Z", null), null));
        Row("""{"id":"v","model":911}""", ShopmonkeyJson.Default.VehicleRow)!.Model.ShouldBe("911");
        Row("""{"id":"o","name":1008,"archived":"false","authorized":null}""", ShopmonkeyJson.Default.OrderRow)!.ShouldSatisfyAllConditions(order => order.Name.ShouldBe("1008"), order => order.Archived.ShouldBe(false));
        Row("""{"id":"a","startDate":"2026-11-23T16:00:00Z","endDate":null}""", ShopmonkeyJson.Default.AppointmentRow)!.StartDate.ShouldBe(DateTimeOffset.Parse("2026-11-23T16:00Z", null));
        Row("""{"id":"v","model":["911"]}""", ShopmonkeyJson.Default.VehicleRow).ShouldBeNull();
        Row("""{"id":"a","startDate":"soon"}""", ShopmonkeyJson.Default.AppointmentRow).ShouldBeNull();

        static T? Row<T>(string json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class => CrmRow.As(JsonDocument.Parse(json).RootElement, type);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"data":{}}""")]
    [InlineData("null")]
    public void What_is_no_list_is_not_read_as_an_empty_one(string json) => Should.Throw<JsonException>(() => CrmPage.Read(JsonDocument.Parse(json).RootElement));

    [Fact]
    public async Task Customers_that_are_asked_for_at_once_go_in_a_few_lists()
    {
        var (lookups, tenant, customers) = await CustomersAsync(120);

        var found = await Task.WhenAll(customers.Select(id => lookups.CustomerAsync(tenant, id, CancellationToken.None)));

        found.Select(customer => customer!.Id).ShouldBe(customers);
        Sandbox.Calls.Count(call => call.Operation.StartsWith("customer.", StringComparison.Ordinal)).ShouldBeLessThan(10);
    }

    [Fact]
    public async Task Customers_that_a_list_does_not_give_are_asked_for_one_by_one_and_who_is_gone_is_gone()
    {
        var (lookups, tenant, customers) = await CustomersAsync(30);
        Sandbox.Faults.Add(Vendor.Shopmonkey, FaultKind.DishonestPager);
        string[] asked = [.. customers.Take(10), "nobody", .. customers.Take(3)];

        var found = await Task.WhenAll(asked.Select(id => lookups.CustomerAsync(tenant, id, CancellationToken.None)));

        found.Select(customer => customer?.Id).ShouldBe(asked.Select(id => id == "nobody" ? null : id));
    }

    [Fact]
    public async Task A_failure_is_told_to_each_who_asked()
    {
        var (lookups, tenant, customers) = await CustomersAsync(5);
        Sandbox.Faults.Add(Vendor.Shopmonkey, FaultKind.Denied);

        foreach (var asked in customers.Select(id => lookups.CustomerAsync(tenant, id, CancellationToken.None)).ToList())
        {
            (await Should.ThrowAsync<ShopmonkeyException>(asked)).Failure.ShouldBe(ShopmonkeyFailure.Denied);
        }
    }

    [Fact]
    public async Task Whom_a_list_of_orders_brought_along_is_not_asked_for_again_until_it_changes()
    {
        var (client, tenant) = await ClientAsync();
        var lookups = _app!.Services.GetRequiredService<CrmLookups>();
        var order = (await ListAsync(client, tenant)).Rows[0];
        var calls = Sandbox.Calls.Count;

        lookups.Remember(tenant, order.Data);
        var customer = await lookups.CustomerAsync(tenant, order.Data.GetProperty("customerId").GetString()!, CancellationToken.None);

        customer!.FirstName.ShouldBe("Ann");
        Sandbox.Calls.Count.ShouldBe(calls);
        lookups.Forget(tenant, "customer", customer.Id);
        await lookups.CustomerAsync(tenant, customer.Id, CancellationToken.None);
        Sandbox.Calls.Count.ShouldBe(calls + 1);
    }

    private sealed class Written : HttpMessageHandler
    {
        public List<(long? Length, string Body)> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // The length is asked for first: a body that was read has one.
            var length = request.Content!.Headers.ContentLength;
            Requests.Add((length, await request.Content.ReadAsStringAsync(cancellationToken)));
            return new HttpResponseMessage(System.Net.HttpStatusCode.OK) { Content = new StringContent("""{"data":{"id":"a1"}}""", System.Text.Encoding.UTF8, "application/json") };
        }
    }

    private WebApplication? _app;

    private async Task<(ShopmonkeyClient Client, Guid Tenant)> ClientAsync()
    {
        _app = await StartAsync();
        return (_app.Services.GetRequiredService<ShopmonkeyClient>(), await Database.ScalarAsync<Guid>("SELECT id FROM tenants WHERE slug = $1", TestVariables.TenantSlug));
    }

    private async Task<(CrmLookups Lookups, Guid Tenant, string[] Customers)> CustomersAsync(int count)
    {
        var (_, tenant) = await ClientAsync();
        List<string> customers = [];
        for (var number = 0; number < count; number++)
        {
            customers.Add((await QuoteAsync($"+1512{5_551_000 + number}", change: quote => quote with { Deliver = false })).CustomerId);
        }

        return (_app!.Services.GetRequiredService<CrmLookups>(), tenant, [.. customers]);
    }

    private static Task<CrmPage> ListAsync(ShopmonkeyClient client, Guid tenant) => client.ListAsync(
        tenant, new CrmQuestion("order", """{"createdDate":{"gte":"2026-01-01T00:00:00.000Z"}}""", Include: ["customer", "vehicle"]), CrmPriority.Poll, CancellationToken.None);
}
