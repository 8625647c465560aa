using System.Text.Json;

namespace LeadOrchestrator.Launcher.Doctor;

/// <summary>Asks the running Orchestrator about each franchise that has accounts of its own: is its key accepted, and does its CRM tell us of quotes?</summary>
/// <remarks>As the administrator of this environment. Its keys stay where they are: the Orchestrator opens them, and asks.</remarks>
internal sealed class TenantChecks(Patient patient, Wire wire, Findings findings)
{
    // More than that is a report and not a check-up.
    private const int Most = 50;

    public async Task RunAsync(CancellationToken stop)
    {
        if (patient.Url("PUBLIC_URL", "http://localhost:3000") is not { } url || patient.Value("ADMIN_EMAIL") is not { } email || patient.Value("ADMIN_PASSWORD") is not { } password)
        {
            findings.Off("franchises' own keys: ADMIN_EMAIL and ADMIN_PASSWORD are not set");
            return;
        }

        var api = $"{url.AbsoluteUri.TrimEnd('/')}/api";
        var session = await wire.PostAsync($"{api}/auth/sessions", JsonSerializer.Serialize(new { email, password }), stop);
        if (session.Body.Text("accessToken") is not { } token)
        {
            findings.Warn("franchises' own keys were not looked at", $"{session.Words} at the sign-in of ADMIN_EMAIL");
            return;
        }

        var key = ("Authorization", $"Bearer {token}");
        var tenants = (await wire.GetAsync($"{api}/tenants?limit={Most}", stop, key)).Body.Items("items").ToList();
        foreach (var slug in tenants.Select(tenant => tenant.Text("slug")).OfType<string>().Order(StringComparer.Ordinal))
        {
            await TenantAsync(api, slug, key, stop);
        }
    }

    private async Task TenantAsync(string api, string slug, (string Name, string Value) key, CancellationToken stop)
    {
        var tenant = ("X-Tenant-Id", slug);
        var own = (await wire.GetAsync($"{api}/vendor-credentials", stop, key, tenant)).Body.Items("items").Where(vendor => vendor.Text("source") == "tenant").ToList();
        foreach (var vendor in own)
        {
            findings.Check(vendor.Text("state") == "ok", $"{slug}: {vendor.Text("vendor")} has a key of its own",
                $"it is {vendor.Text("state")}: store a valid one (PUT /api/vendor-credentials/{vendor.Text("vendor")})");
        }

        if (own.Any(vendor => vendor.Text("vendor") == "shopmonkey"))
        {
            var report = await wire.GetAsync($"{api}/webhook-registrations", stop, key, tenant);
            findings.Check(report.Body.Text("state") == "ok", $"{slug}: Shopmonkey takes the key, and its webhook leads here", report.Body.Text("verdict") ?? report.Body.Text("detail") ?? report.Words);
        }
    }
}
