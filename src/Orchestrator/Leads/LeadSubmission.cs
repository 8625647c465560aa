using System.Security.Cryptography;
using System.Text.Json;
using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>What became of a request to take a lead in.</summary>
public abstract record SubmissionResult
{
    /// <summary>It is a lead; the body is the answer, now and for each repeat under the same key.</summary>
    public sealed record Made(Guid LeadId, string Body) : SubmissionResult;

    /// <summary>The same source and id are a lead already.</summary>
    public sealed record Known(LeadDetail Lead) : SubmissionResult;

    /// <summary>The key was used for another request.</summary>
    public sealed record KeyIsTaken : SubmissionResult;

    /// <summary>The id belongs to a lead with another phone and another email.</summary>
    public sealed record IdIsTaken : SubmissionResult;

    /// <summary>The tenant has no such shop.</summary>
    public sealed record NoSuchLocation : SubmissionResult;
}

/// <summary>Takes in a lead that a web form or a partner hands in: one transaction with its person, its evidence and its greeting.</summary>
public sealed class LeadSubmission(LeadDatabase database, IntakeTransaction intake, LeadStore leads, PersonStore people, IdempotencyStore answers, TimeProvider clock)
{
    /// <summary>The source of such leads.</summary>
    public const string Source = "api";

    /// <summary>Takes it in, once however often it is sent under one key or one id.</summary>
    /// <param name="actorId">Whose request it is: keys of two partners are apart.</param>
    /// <param name="key">The Idempotency-Key, or null.</param>
    public Task<SubmissionResult> SubmitAsync(Guid tenantId, Guid actorId, LeadRequest request, string? key, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Deadlock.RetryAsync(() => SubmitOnceAsync(tenantId, actorId, request, key, cancel));
    }

    private async Task<SubmissionResult> SubmitOnceAsync(Guid tenantId, Guid actorId, LeadRequest request, string? key, CancellationToken cancel)
    {
        var scope = $"leads:{actorId}";
        var hash = request.Hash();
        await using var transaction = await database.BeginAsync(tenantId, cancel);
        if (key is not null && await answers.FindAsync(transaction, scope, key, cancel) is { } given)
        {
            return CryptographicOperations.FixedTimeEquals(given.RequestHash, hash) ? Again(given.Answer) : new SubmissionResult.KeyIsTaken();
        }

        if (await leads.ShopOfAsync(transaction, request.LocationId!.Value, cancel) is not { } shop)
        {
            return new SubmissionResult.NoSuchLocation();
        }

        var lead = Read(request, shop);
        await leads.LockAsync(transaction, Source, [lead.ExternalId], PersonKey.Of(lead), cancel);
        if (await leads.EarlierAsync(transaction, Source, [lead.ExternalId], cancel) is [var earlier])
        {
            return PersonKey.Of(earlier.Phone, earlier.Email).Intersect(PersonKey.Of(lead)).Any()
                ? new SubmissionResult.Known(await AgainAsync(transaction, request, lead, earlier, cancel))
                : new SubmissionResult.IdIsTaken();
        }

        var taken = await TakeInAsync(transaction, request, lead, actorId, cancel);
        var body = await AnswerAsync(transaction, taken, cancel);
        if (key is not null)
        {
            await answers.AddAsync(transaction, scope, key, hash, taken.LeadId, body, cancel);
        }

        await transaction.CommitAsync(cancel);
        intake.Tell(tenantId, [taken]);
        return new SubmissionResult.Made(taken.LeadId, body);
    }

    // A repeat changes nothing of the lead, but a consent that was given meanwhile is evidence.
    private async Task<LeadDetail> AgainAsync(TenantTransaction transaction, LeadRequest request, NewLead lead, EarlierLead earlier, CancellationToken cancel)
    {
        if (request.Consent is { } consent)
        {
            await intake.AgreeAsync(transaction, earlier, lead, EvidenceOf(consent), consent.ObtainedAt, cancel);
            await leads.MarkOptedInAsync(transaction, [earlier.Id], cancel);
        }

        var known = await DetailAsync<LeadDetail>(transaction, earlier.Id, cancel);
        await transaction.CommitAsync(cancel);
        return known;
    }

    private static ConsentEvidence EvidenceOf(ConsentRequest consent) => new("api", consent.Source!, consent.Wording!, consent.Ip);

    private async Task<TakenIn> TakeInAsync(TenantTransaction transaction, LeadRequest request, NewLead lead, Guid actorId, CancellationToken cancel)
    {
        var by = $"{request.Source ?? "api"} lead {request.ExternalId ?? lead.ExternalId} by {actorId}";
        var taken = await intake.ArriveAsync(transaction, [new Arrival(lead, System.Diagnostics.Activity.Current?.Id)
        {
            Evidence = request.Consent is { } consent
                ? [("opted_in", EvidenceOf(consent), consent.ObtainedAt)]
                : [("inquiry", new ConsentEvidence("api", by, "Quote request that a form or a partner handed in"), null)],
            AskedAt = request.Consent?.ObtainedAt > lead.ExternalCreatedAt ? request.Consent.ObtainedAt : null,
        }], cancel);
        var one = taken.Single();
        if (request.Consent is not null)
        {
            await leads.MarkOptedInAsync(transaction, [one.LeadId], cancel);
        }

        if (request.Source is { } partner)
        {
            await leads.SetPartnerAsync(transaction, one.LeadId, partner, cancel);
        }

        return one;
    }

    private async Task<string> AnswerAsync(TenantTransaction transaction, TakenIn taken, CancellationToken cancel)
    {
        var lead = await DetailAsync<AcceptedLead>(transaction, taken.LeadId, cancel);
        var plan = taken.Greeting;
        return JsonSerializer.Serialize(lead with
        {
            Greeting = new PlannedGreeting(plan.Silence is null ? "scheduled" : "suppressed", plan.Step.Channel, plan.Silence ?? plan.Waits, plan.DueAt, GreetingWords.Explain(plan)),
        }, LeadJson.Options);
    }

    private async Task<T> DetailAsync<T>(TenantTransaction transaction, Guid leadId, CancellationToken cancel)
        where T : LeadDetail
    {
        var lead = await leads.GetAsync<T>(transaction, leadId, cancel);
        var person = await people.OfLeadAsync(transaction, leadId, cancel) is { PersonId: { } id } ? await people.ReadAsync(transaction, id, cancel) : null;
        return (T)(lead! with { Person = person });
    }

    private static SubmissionResult.Made Again(string body)
    {
        using var read = JsonDocument.Parse(body);
        return new SubmissionResult.Made(read.RootElement.GetProperty("id").GetGuid(), body);
    }

    private NewLead Read(LeadRequest request, ShopOfLead shop) => new()
    {
        Source = Source,
        ExternalId = request switch
        {
            { ExternalId: null } => Guid.CreateVersion7().ToString(),
            { Source: { } partner, ExternalId: { } id } => $"{partner}/{id}",
            { ExternalId: { } id } => id,
        },
        ExternalVersion = 1,
        ExternalCreatedAt = request.CreatedAt ?? clock.GetUtcNow(),
        LocationId = request.LocationId!.Value,
        Timezone = shop.Timezone,
        FirstName = request.FirstName?.Trim() ?? "",
        LastName = request.LastName?.Trim() ?? "",
        Phone = PhoneNumberReader.Read(request.Phone),
        SaidNoAtTheShop = false,
        Email = EmailAddress.Read(request.Email),
        Vehicle = request.Vehicle?.Trim() ?? "",
        ServiceInterest = request.ServiceInterest?.Trim() ?? "",
        IsTest = request.IsTest ?? LocationRules.IsTest(shop.TestMarker, $"{request.FirstName} {request.LastName}"),
    };
}
