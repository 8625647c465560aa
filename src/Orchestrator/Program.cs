using LeadOrchestrator.Orchestrator;
using LeadOrchestrator.Shared.Hosting;

return await ServiceProgram.RunAsync(() => OrchestratorApp.Create(args));
