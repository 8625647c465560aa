using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeadOrchestrator.Orchestrator.Appointments;

namespace LeadOrchestrator.Orchestrator.Shopmonkey;

/// <summary>Keeps our bookings in the CRM's calendar.</summary>
public sealed partial class ShopmonkeyClient
{
    private const string Appointments = "appointment";

    /// <summary>Makes an appointment. Not idempotent: an outage says nothing about whether it was made.</summary>
    /// <returns>Its id there.</returns>
    /// <exception cref="ShopmonkeyException">The CRM did not say that it has made it.</exception>
    public async Task<string> MakeAppointmentAsync(Guid tenantId, CrmBooking booking, CancellationToken cancel)
    {
        using var content = Body(booking, ShopmonkeyJson.Default.CrmBooking);
        try
        {
            return await AskAsync(tenantId, Appointments, CrmPriority.Customer, IdAsync, cancel, HttpMethod.Post, content) ?? throw new ShopmonkeyException("shopmonkey_404", ShopmonkeyFailure.Refused, null);
        }
        catch (ShopmonkeyException failure) when (failure.Message == "shopmonkey_answer_unreadable")
        {
            // It said yes, and something that nobody understands: whether it is there has to be looked for.
            throw new ShopmonkeyException(failure.Message, ShopmonkeyFailure.Outage, null);
        }
    }

    /// <summary>Gives an appointment its times, and leaves all else of it as it is; the same again changes nothing.</summary>
    /// <returns>False: the CRM does not know it.</returns>
    public async Task<bool> MoveAppointmentAsync(Guid tenantId, string id, CrmTimes times, CancellationToken cancel)
    {
        using var content = Body(times, ShopmonkeyJson.Default.CrmTimes);
        return await AskAsync(tenantId, $"{Appointments}/{Escape(id)}", CrmPriority.Customer, Done, cancel, HttpMethod.Put, content) is not null;
    }

    /// <summary>Deletes an appointment; one that is gone is as good.</summary>
    public Task DeleteAppointmentAsync(Guid tenantId, string id, CancellationToken cancel) =>
        AskAsync(tenantId, $"{Appointments}/{Escape(id)}", CrmPriority.Customer, Done, cancel, HttpMethod.Delete);

    /// <summary>Looks for the appointment whose note holds a mark.</summary>
    /// <param name="since">It was made after this, by the CRM's clock.</param>
    /// <returns>Its id there, or null. A row that was made a moment ago may not be listed yet.</returns>
    public async Task<string?> FindAppointmentAsync(Guid tenantId, string mark, DateTimeOffset since, CancellationToken cancel)
    {
        var where = $$$"""{"createdDate":{"gte":"{{{CrmInstant.Format(since)}}}"}}""";
        for (var skip = 0; ; skip += CrmPage.Most)
        {
            var page = await ListAsync(tenantId, new CrmQuestion(Appointments, where, """{"createdDate":"asc"}""", skip), CrmPriority.Customer, cancel);
            var found = page.Rows.FirstOrDefault(row =>
                row.Data.TryGetProperty("note", out var note) && note.ValueKind == JsonValueKind.String && note.GetString()!.Contains(mark, StringComparison.Ordinal));
            if (found is not null || page.Rows.Count == 0 || skip + page.Rows.Count >= page.Total)
            {
                return found?.Id;
            }
        }
    }

    // With its length: not every receiver takes a body in chunks.
    private static StringContent Body<T>(T row, JsonTypeInfo<T> type) => new(JsonSerializer.Serialize(row, type), Encoding.UTF8, "application/json");

    // A yes to a change says it all, whatever row it shows.
    private static Task<string?> Done(Stream answer, CancellationToken cancel) => Task.FromResult<string?>("");

    // A yes without a row is no "not found".
    private static async Task<string?> IdAsync(Stream answer, CancellationToken cancel) =>
        (await JsonSerializer.DeserializeAsync(answer, ShopmonkeyJson.Default.AnswerAppointmentRow, cancel))?.Data?.Id ?? throw new JsonException("The answer shows no appointment");
}
