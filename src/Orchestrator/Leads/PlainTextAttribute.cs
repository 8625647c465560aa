using System.ComponentModel.DataAnnotations;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>A text without control characters: no NUL, which the database does not take, and no line that would look like two.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class PlainTextAttribute() : ValidationAttribute("{0} holds a control character.")
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is not string text || !text.Any(PlainText.BreaksLines);
}
