using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.People;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Shared.Consent;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Imports;

/// <summary>What one run through a file remembers of its earlier rows.</summary>
public sealed class ImportMemory
{
    /// <summary>Who would be known by now: for a dry run alone, of which nothing is stored.</summary>
    public KnownPeople People { get; } = new();

    /// <summary>The lines that are leads by now, by their ids, with the phones and emails in them.</summary>
    public Dictionary<string, (int Line, IReadOnlyList<PersonKey> Keys)> Lines { get; } = [];
}

/// <summary>Somebody else works on this import by now.</summary>
public sealed class LostImportException() : Exception("The claim on an import was lost");

/// <summary>Some rows of a file, in one transaction with their reports: a row is a lead and says so, or neither.</summary>
/// <remarks>A dry run goes the same way up to the commit and rolls back.</remarks>
public sealed class ImportBatch(
    LeadDatabase database, IntakeTransaction intake, LeadStore leads, ContactStore contacts, EmailOptOut optOut, LeadImportStore imports,
    TimeProvider clock)
{
    /// <summary>Works off rows.</summary>
    /// <exception cref="LostImportException">Nothing was changed.</exception>
    public async Task RunAsync(ImportToWork import, IReadOnlyList<CsvRow> rows, ImportMemory memory, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(import);
        ArgumentNullException.ThrowIfNull(memory);
        var now = clock.GetUtcNow();
        List<ImportedRow> read = [.. rows.Select(row => ImportedRow.Read(row, import, now))];
        if (import.DryRun)
        {
            await RehearseAsync(import, read, memory, cancel);
            return;
        }

        // A row that is refused for something else says so all the same.
        foreach (var row in read.Where(row => row.IsOptedOut && (row.Phone ?? row.Email) is not null))
        {
            await OptOutAsync(import, row, cancel);
        }

        await using var transaction = await HeldAsync(import, cancel);
        var (results, taken) = await TakeInAsync(transaction, import, read, memory, cancel);
        await imports.SaveAsync(transaction, import.Id, results, cancel);
        await transaction.CommitAsync(cancel);
        Failpoint.Reach(Failpoint.ImportBatchCommitted);
        intake.Tell(import.TenantId, taken);
    }

    /// <summary>Notes that a row could not be stored, which nobody foresaw.</summary>
    public async Task RefuseAsync(ImportToWork import, CsvRow row, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(import);
        ArgumentNullException.ThrowIfNull(row);
        await using var transaction = await HeldAsync(import, cancel);
        await imports.SaveAsync(
            transaction, import.Id, [new RowResult(row.Line, "rejected", "could_not_be_stored", "The row could not be stored. Look for odd characters in it.", null)], cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task RehearseAsync(ImportToWork import, IReadOnlyList<ImportedRow> read, ImportMemory memory, CancellationToken cancel)
    {
        IReadOnlyList<RowResult> results;
        await using (var rehearsal = await HeldAsync(import, cancel))
        {
            (results, _) = await TakeInAsync(rehearsal, import, read, memory, cancel);
        }

        await using var transaction = await HeldAsync(import, cancel);
        await imports.SaveAsync(transaction, import.Id, [.. results.Select(result => result with { LeadId = result.Status == "unchanged" ? result.LeadId : null })], cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task<TenantTransaction> HeldAsync(ImportToWork import, CancellationToken cancel)
    {
        var transaction = await database.BeginAsync(import.TenantId, cancel);
        if (await imports.HoldAsync(transaction, import.Id, cancel))
        {
            return transaction;
        }

        await transaction.DisposeAsync();
        throw new LostImportException();
    }

    // By itself, before the rows: whoever holds the number's lock for a send shall not wait for two hundred leads.
    private async Task OptOutAsync(ImportToWork import, ImportedRow row, CancellationToken cancel)
    {
        var evidence = new ConsentEvidence("api", $"import {import.Id} line {row.Line}", "Opted out, says the file");
        await using var transaction = await database.BeginAsync(import.TenantId, cancel);
        if (await contacts.OptOutPersonAsync(transaction, row.Phone, row.Email, evidence, cancel))
        {
            Measures.OptedOut("import");
        }

        if (row.Email is { } email)
        {
            await optOut.EndAsync(transaction, email, null, evidence, cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    private async Task<(IReadOnlyList<RowResult> Results, IReadOnlyList<TakenIn> Taken)> TakeInAsync(
        TenantTransaction transaction, ImportToWork import, IReadOnlyList<ImportedRow> rows, ImportMemory memory, CancellationToken cancel)
    {
        List<ImportedRow> good = [.. rows.Where(row => row.Lead is not null)];
        List<string> ids = [.. good.Select(row => row.Lead!.ExternalId).Distinct()];
        await leads.LockAsync(transaction, "import", ids, good.SelectMany(row => PersonKey.Of(row.Lead!)), cancel);
        var earlier = (await leads.EarlierAsync(transaction, "import", ids, cancel)).ToDictionary(lead => lead.ExternalId);
        List<RowResult> results = [.. rows.Where(row => row.Refusal is not null).Select(row => new RowResult(row.Line, "rejected", row.Refusal!.Reason, row.Refusal.Explanation, null))];
        List<ImportedRow> young = [];
        foreach (var row in good)
        {
            if (KnownAlready(row, earlier, memory) is { } known)
            {
                results.Add(known);
            }
            else
            {
                memory.Lines[row.Lead!.ExternalId] = (row.Line, [.. PersonKey.Of(row.Lead)]);
                young.Add(row);
            }
        }

        var taken = await intake.ArriveAsync(transaction, [.. young.Select(row => Arrival(import, row))], import.DryRun ? memory.People : new KnownPeople(), import.DryRun, cancel);
        await leads.MarkOptedInAsync(transaction, [.. young.Zip(taken).Where(pair => Counts(pair.First)).Select(pair => pair.Second.LeadId)], cancel);
        results.AddRange(young.Zip(taken, Result));
        return (results, taken);
    }

    private static RowResult? KnownAlready(ImportedRow row, Dictionary<string, EarlierLead> earlier, ImportMemory memory)
    {
        var lead = earlier.GetValueOrDefault(row.Lead!.ExternalId);
        var keys = PersonKey.Of(row.Lead);
        // Its own line is there when its rows are tried again, one by one.
        if (memory.Lines.TryGetValue(row.Lead.ExternalId, out var other) && other.Line != row.Line)
        {
            return other.Keys.Intersect(keys).Any()
                ? new RowResult(row.Line, "unchanged", "same_as_another_line", $"The same lead as line {other.Line}.", lead?.Id)
                : new RowResult(row.Line, "rejected", "external_id_of_another_line", $"The External Id is that of line {other.Line}, which has another phone and another email.", null);
        }

        if (lead is null)
        {
            return null;
        }

        return PersonKey.Of(lead.Phone, lead.Email).Intersect(keys).Any()
            ? new RowResult(row.Line, "unchanged", "known_already", "This lead was imported before. A file changes nothing of a lead that is there.", lead.Id)
            : new RowResult(row.Line, "rejected", "external_id_of_another_lead", "The External Id belongs to an imported lead with another phone and another email.", null);
    }

    private static Arrival Arrival(ImportToWork import, ImportedRow row) => new(row.Lead!, null)
    {
        Evidence = Counts(row) ? [("opted_in", new ConsentEvidence("api", $"import {import.Id} line {row.Line}", row.Consent!.Value.Wording), row.Consent.Value.At)] : [],
        // When in doubt, nobody is written to.
        Silence = row switch
        {
            { IsOptedOut: true } => "opted_out",
            _ when !import.Greet => "import_does_not_greet",
            { HasCreated: false } => "no_created_date",
            { Consent: null } => "no_consent_wording",
            _ => null,
        },
    };

    private static bool Counts(ImportedRow row) => row is { Consent: not null, IsOptedOut: false };

    private static RowResult Result(ImportedRow row, TakenIn taken)
    {
        var matches = taken.Person.Matches;
        var who = matches is [{ MatchedBy: var by }, ..] ? $"A new lead of a person who is known by {(by == PersonKey.Phone ? "phone" : "email")}." : "A new lead.";
        return new RowResult(
            row.Line, taken.Person.IsNew ? "created" : "joined", taken.Greeting.Silence ?? taken.Greeting.Waits,
            string.Join(' ', new[] { who, GreetingWords.Explain(taken.Greeting), row.Note }.Where(sentence => sentence.Length > 0)), taken.LeadId);
    }
}
