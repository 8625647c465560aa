using LeadOrchestrator.Launcher.Building;
using LeadOrchestrator.Launcher.Postgres;
using LeadOrchestrator.Launcher.Processes;
using Npgsql;

namespace LeadOrchestrator.Launcher.Demo;

/// <summary><c>./run demo</c>: from a fresh clone, or from the data of last time, to a running shop. <c>./run dev</c>: the same from its sources.</summary>
internal sealed class DemoCommand(Repository repository, CommandLine command, Progress progress)
{
    private readonly Repository _copy = repository.OfCopy(command.PortBase);
    private readonly Ports _ports = Ports.From(command.PortBase);
    private readonly Builder _builder = new(repository, progress);

    private bool IsDev => command.Command == "dev";

    /// <summary>Runs until <paramref name="stop"/>, or until one of the children has ended by itself.</summary>
    /// <returns>0 when it was stopped, 1 when a child died.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        await using var own = await DemoData.ClaimAsync(_copy, stop);
        await using var sources = IsDev ? await DemoData.ClaimSourcesAsync(repository, stop) : null;
        _ports.RequireFree(command.Command, withVite: IsDev);
        if (command.Fresh)
        {
            await DemoData.DeleteAsync(_copy, stop);
        }

        await using var postgres = await BuildAndStartPostgresAsync(stop);
        var databaseUrl = postgres.UrlFor(DemoData.Database);
        var services = new DemoServices(_copy, _ports, databaseUrl, IsDev, progress.Say);
        await using (services)
        {
            try
            {
                await progress.WhileAsync("Starting the services", services.StartAsync(postgres, stop));
                var isNew = await DemoSeed.RunAsync(
                    postgres.ConnectionStringFor(DemoData.Database), await services.ShopsAsync(stop), await services.NowAsync(stop), stop);
                if (isNew && await services.ConnectBrightDetailAsync(stop) is { } problem)
                {
                    progress.Say($"Bright Detail is not connected to the CRM: {problem}");
                }

                Console.WriteLine(DemoBanner.Text(_ports, databaseUrl, _copy.Copy, progress.Elapsed, IsDev));
                await services.WatchAsync(postgres, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                progress.Say("Stopping; the data stays.");
                return 0;
            }
        }

        return 0;
    }

    private async Task<EmbeddedPostgres> BuildAndStartPostgresAsync(CancellationToken stop)
    {
        await using var builds = await DemoData.ClaimBuildsAsync(repository, stop);
        // The first failure stops the rest: nobody wants to wait for a build whose result is of no use.
        using var together = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var cancel = together.Token;
        var packages = Guard(_builder.InstallPackagesAsync(cancel));
        var web = Guard(After(packages, () => _builder.BuildWebAsync(cancel)));
        var services = Guard(IsDev ? _builder.BuildForDevelopmentAsync(cancel) : _builder.BuildServicesAsync(cancel));
        var postgres = StartPostgresAsync(packages, cancel);
        var work = Task.WhenAll(packages, web, services, Guard(postgres));
        try
        {
            await work;
            return await postgres;
        }
        catch
        {
            if (postgres.IsCompletedSuccessfully)
            {
                await (await postgres).DisposeAsync();
            }

            stop.ThrowIfCancellationRequested();
            // The cause comes before the cancellations that it led to.
            throw work.Exception?.InnerExceptions.OfType<LauncherException>().FirstOrDefault() ?? work.Exception!.InnerException!;
        }

        async Task Guard(Task task)
        {
            try
            {
                await task;
            }
            catch
            {
                await together.CancelAsync();
                throw;
            }
        }
    }

    private async Task<EmbeddedPostgres> StartPostgresAsync(Task packages, CancellationToken cancel)
    {
        if (!PostgresBinaries.NpmPackageIsThere(repository.Root))
        {
            await packages;
        }

        var postgres = await EmbeddedPostgres.StartAsync(
            new() { RepositoryRoot = repository.Root, DataFolder = DemoData.Postgres(_copy), LogFile = _copy.Log("postgres") }, cancel);
        try
        {
            await postgres.EnsureDatabaseAsync(DemoData.Database, cancel);
            await Database.Migrator.MigrateAsync(postgres.ConnectionStringFor(DemoData.Database), cancel);
            progress.Say("PostgreSQL is running and has the current schema");
            return postgres;
        }
        catch (Exception exception) when (exception is Database.MigrationException or PostgresException)
        {
            await postgres.DisposeAsync();
            throw new LauncherException($"The database cannot be brought to the current schema: {exception.Message} (./run {command.Command} --fresh starts with an empty one.)", exception);
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    private static async Task After(Task first, Func<Task> then)
    {
        await first;
        await then();
    }
}
