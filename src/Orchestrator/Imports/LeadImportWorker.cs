using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Imports;

/// <summary>Wakes the worker of imports.</summary>
public sealed class ImportSignal : WakeUp;

/// <summary>Works off files of leads, one at a time, some rows after the other. Any number of copies may run; who dies leaves the rest to another.</summary>
public sealed partial class LeadImportWorker(
    LeadImportStore store, ImportBatch batch, ImportSignal signal, ClockWatch clock, IHostApplicationLifetime lifetime, ILogger<LeadImportWorker> logger) : BackgroundService
{
    // Each row takes three locks of the database; a few hundred at once are far from its limit.
    private const int RowsAtOnce = 200;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await signal.RoundsAsync(RunOnceAsync, Every, Failed, stopping.Token);
    }

    /// <summary>Works off one import, if one waits.</summary>
    /// <returns>Whether another may wait.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken cancel)
    {
        if (clock.IsWrong || await store.ClaimAsync(cancel) is not { } import)
        {
            return false;
        }

        try
        {
            await WorkAsync(import, cancel);
        }
        catch (LostImportException)
        {
            Lost(logger, import.Id, import.TenantId);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await store.ReleaseAsync(import, CancellationToken.None);
            throw;
        }

        return true;
    }

    private async Task WorkAsync(ImportToWork import, CancellationToken cancel)
    {
        if (import.DryRun)
        {
            await store.RewindAsync(import, cancel);
        }

        var memory = new ImportMemory();
        var done = 0;
        for (var rows = await store.WaitingAsync(import, 0, RowsAtOnce, cancel); rows.Count > 0; rows = await store.WaitingAsync(import, rows[^1].Line, RowsAtOnce, cancel))
        {
            await RunAsync(import, rows, memory, cancel);
            done += rows.Count;
        }

        await store.FinishAsync(import, cancel);
        Done(logger, import.Id, import.TenantId, done);
    }

    private async Task RunAsync(ImportToWork import, IReadOnlyList<CsvRow> rows, ImportMemory memory, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        try
        {
            // What has begun is finished: a batch takes a part of a second.
            await batch.RunAsync(import, rows, memory, CancellationToken.None);
        }
        catch (PostgresException exception) when (exception.SqlState is ['2', '2' or '3', ..])
        {
            // A value that does not fit, or a rule of the schema: the next try would end the same. One row is at fault, and the others are not.
            if (rows is [var only])
            {
                RowFailed(logger, exception, only.Line, import.Id, import.TenantId);
                await batch.RefuseAsync(import, only, CancellationToken.None);
                return;
            }

            foreach (var row in rows)
            {
                await RunAsync(import, [row], memory, cancel);
            }
        }
    }

    private TimeSpan Failed(Exception exception)
    {
        RoundFailed(logger, exception);
        return Every;
    }

    [LoggerMessage(2410, LogLevel.Information, "Import {ImportId} of tenant {TenantId} is done: {Rows} rows in this process")]
    private static partial void Done(ILogger logger, Guid importId, Guid tenantId, int rows);

    [LoggerMessage(2411, LogLevel.Error, "A round of imports failed; the next one goes on where it stopped")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(2412, LogLevel.Warning, "Import {ImportId} of tenant {TenantId} is another process's by now")]
    private static partial void Lost(ILogger logger, Guid importId, Guid tenantId);

    [LoggerMessage(2413, LogLevel.Error, "Line {Line} of import {ImportId} of tenant {TenantId} could not be stored and was refused")]
    private static partial void RowFailed(ILogger logger, Exception exception, int line, Guid importId, Guid tenantId);
}
