using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Rig;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Failure.Tests.Processes;

/// <summary><c>kill -9</c> in the middle of a file: another process goes on where it stopped, and no row is a lead twice.</summary>
public sealed class KilledImportTests(KilledImportTests.TwoOrchestrators system) : IClassFixture<KilledImportTests.TwoOrchestrators>
{
    private const int Rows = 1_000;

    public sealed class TwoOrchestrators : WholeSystem
    {
        protected override RigOptions Options => new() { Orchestrators = 2, AreStopped = true, ChatApis = 0 };
    }

    [Fact]
    public async Task An_import_whose_process_is_killed_is_finished_by_another_without_a_lead_too_many_or_too_few()
    {
        var (dying, living) = (system.Rig.Orchestrators[0], system.Rig.Orchestrators[1]);
        await dying.StartAsync(("FAILPOINT", $"{Failpoint.ImportBatchCommitted}:kill:2"));

        var import = await SendAsync(dying.Http);
        await dying.Exited;

        dying.ExitCode.ShouldBe(128 + 9);
        (await WaitingAsync(import)).ShouldBeInRange(1, Rows - 1);
        await living.StartAsync();
        await Eventually.TrueAsync(
            async () => await system.Rig.Postgres.ScalarAsync<string>("SELECT status FROM lead_imports WHERE id = $1", import) == "done", "the import to be done", TimeSpan.FromSeconds(60));

        (await system.Rig.Postgres.ScalarAsync<long>("SELECT count(*) FROM leads WHERE source = 'import'")).ShouldBe(Rows);
        (await system.Rig.Postgres.ScalarAsync<long>("SELECT count(DISTINCT lead_id) FROM lead_import_rows WHERE import_id = $1 AND status = 'created'", import)).ShouldBe(Rows);
        (await system.Rig.Postgres.ScalarAsync<long>("SELECT count(*) FROM touch_points WHERE status <> 'suppressed'")).ShouldBe(0);
    }

    private Task<long> WaitingAsync(Guid import) =>
        system.Rig.Postgres.ScalarAsync<long>("SELECT count(*) FROM lead_import_rows WHERE import_id = $1 AND status = 'waiting'", import);

    private async Task<Guid> SendAsync(HttpClient http)
    {
        using var signIn = await http.PostAsJsonAsync("/api/auth/sessions", new { email = TestVariables.AdminEmail, password = TestVariables.AdminPassword });
        var token = (await signIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString();
        var location = Guid.CreateVersion7();
        await system.Rig.Postgres.ExecuteAsync("""
            INSERT INTO locations (tenant_id, id, name, timezone, created_at, updated_at)
            SELECT id, $1, 'Acme Tint North', 'America/Chicago', now(), now() FROM tenants WHERE slug = $2
            """, location, TestVariables.TenantSlug);
        var file = "First Name,Phone\n" + string.Concat(Enumerable.Range(0, Rows).Select(row => $"N{row},512557{row:0000}\n"));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/lead-imports?locationId={location}")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(file)) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } },
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        using var answer = await http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }
}
