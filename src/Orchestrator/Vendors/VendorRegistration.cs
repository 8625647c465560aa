using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>Whose account is used at which vendor.</summary>
internal static class VendorRegistration
{
    public static IServiceCollection AddVendors(this IServiceCollection services) => services
        .AddSingleton<VendorAccounts>().AddSingleton<SecretBox>().AddSingleton<VendorCredentialStore>().AddSingleton<VendorCredentials>().AddSingleton<VendorCheck>()
        .AddSingleton<CredentialResealing>().AddHostedService(provider => provider.GetRequiredService<CredentialResealing>());
}
