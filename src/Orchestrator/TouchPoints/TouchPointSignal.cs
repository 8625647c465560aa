using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Wakes the worker that sends.</summary>
public sealed class TouchPointSignal : WakeUp;
