using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Appointments;

/// <summary>Wakes the worker that follows bookings.</summary>
public sealed class AppointmentSignal : WakeUp;
