using LeadOrchestrator.ChatApi;
using LeadOrchestrator.Shared.Hosting;

return await ServiceProgram.RunAsync(() => ChatApiApp.Create(args, null));
