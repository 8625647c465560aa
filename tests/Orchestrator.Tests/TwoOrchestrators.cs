using Microsoft.AspNetCore.Builder;

namespace LeadOrchestrator.Orchestrator.Tests;

/// <summary>A shop with two Orchestrators on its database.</summary>
public sealed class TwoOrchestrators : Shop
{
    public WebApplication First { get; private set; } = null!;

    protected override bool StartsOne => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        First = await StartAsync();
        await StartAsync();
    }
}
