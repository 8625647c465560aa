using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.Staff;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Phones;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Handovers;

/// <summary>/api/locations/{id}/staff-contacts: whom of a shop's staff to tell that a customer wants a person.</summary>
internal static class StaffContactEndpoints
{
    private const int Most = 5;

    public static IServiceCollection AddHandovers(this IServiceCollection services) => services
        .AddSingleton<StaffContactStore>().AddSingleton<StaffAlertStore>()
        .AddSingleton<EscalationWorker>().AddHostedService(provider => provider.GetRequiredService<EscalationWorker>());

    public static void MapStaffContacts(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/locations/{id:guid}/staff-contacts").WithTags("Locations");
        group.MapGet("", GetAsync);
        group.MapPut("", ReplaceAsync).ForManagers();
    }

    private static async Task<Results<Ok<StaffContacts>, NotFound>> GetAsync(
        Guid id, ClaimsPrincipal staff, LocationStore locations, StaffContactStore contacts, CancellationToken cancel) =>
        await locations.GetAsync(staff.TenantId(), id, cancel) is null ? TypedResults.NotFound() : TypedResults.Ok(await contacts.FindAsync(staff.TenantId(), id, cancel));

    private static async Task<Results<Ok<StaffContacts>, NotFound, ValidationProblem>> ReplaceAsync(
        Guid id, StaffContactsRequest request, ClaimsPrincipal staff, LeadDatabase database, LocationStore locations, StaffContactStore contacts, AuditStore audit, CancellationToken cancel)
    {
        var errors = new Dictionary<string, string[]>();
        var phones = Read(request.Phones, "phones", text => PhoneNumberReader.Read(text) is { E164: { } phone } read && PhoneTypes.TakesTexts(read.Type) ? phone : null,
            "is no US number that takes texts: write it as +15125550123", errors);
        var emails = Read(request.Emails, "emails", EmailAddress.Read, "is no address that mail could be sent to", errors);
        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        await using var transaction = await database.BeginAsync(staff.TenantId(), cancel);
        if (await locations.LockAsync(transaction, id, cancel) is null)
        {
            return TypedResults.NotFound();
        }

        var now = new StaffContacts(phones, emails);
        await contacts.ReplaceAsync(transaction, id, now, cancel);
        await audit.AddAsync(transaction, staff.UserId(), "staff_contacts_replaced", $"locations/{id}/staff-contacts", cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok(now);
    }

    private static List<string> Read(IReadOnlyList<string>? texts, string field, Func<string, string?> read, string fault, Dictionary<string, string[]> errors)
    {
        var good = new List<string>();
        for (var place = 0; place < (texts?.Count ?? 0); place++)
        {
            if (texts![place] is { } text && read(text) is { } known)
            {
                good.Add(known);
            }
            else
            {
                errors[$"{field}[{place}]"] = [$"This {fault}."];
            }
        }

        if (good.Count > Most)
        {
            errors[field] = [$"At most {Most}."];
        }

        return [.. good.Distinct()];
    }
}

/// <summary>Puts these in the place of those that the shop had.</summary>
/// <param name="Phones">Mobile numbers, as people write them in the US; at most five.</param>
/// <param name="Emails">At most five.</param>
public sealed record StaffContactsRequest([Required] IReadOnlyList<string>? Phones, [Required] IReadOnlyList<string>? Emails);
