using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>Wakes the worker that sends.</summary>
public sealed class TouchPointSignal : WakeUp;

/// <summary>Wakes the worker that sends emails.</summary>
public sealed class EmailSignal : WakeUp;

/// <summary>Wakes the reconcile: there is a text of which nobody knows whether it went out.</summary>
public sealed class ReconcileSignal : WakeUp;
