using LeadOrchestrator.Orchestrator.Messaging;

namespace LeadOrchestrator.Orchestrator.Cadences;

/// <summary>What a wording costs each lead: with usual names, and with the longest ones in Latin letters that are let through. Money is micro-dollars.</summary>
/// <param name="Encoding">GSM-7; UCS-2 when a letter is not in the GSM alphabet, which makes segments less than half as long. Null for an email.</param>
public sealed record StepEstimate(string? Encoding, int Segments, int MostSegments, long CostMicros, long MostCostMicros)
{
    /// <summary>An email, about SendGrid's price for its smallest paid plan; an estimate, not compared with a bill.</summary>
    public const long MicrosPerEmail = 400;

    /// <summary>As long as a link is where PUBLIC_URL has the usual length; <see cref="OrchestratorSettings.LinkLength"/> is the true one.</summary>
    public const int UsualLink = 60;

    internal static StepEstimate Of(Step step, StepVariant variant, TrialLead? example, int linkLength)
    {
        if (step.Channel == "email")
        {
            return new StepEstimate(null, 0, 0, MicrosPerEmail, MicrosPerEmail);
        }

        var usual = SizeOf(TextTemplates.Fill(variant.Text, "Jordan", example?.LocationName ?? "Acme Tint Downtown", "2021 Honda Civic", "Window Tint"), linkLength);
        var most = Longest(variant.Text, linkLength);
        return new StepEstimate(usual.Encoding, usual.Segments, most.Segments, usual.CostMicros, most.CostMicros);
    }

    /// <summary>The size of a template with the longest names that are let through.</summary>
    public static TextSize Longest(string template, int linkLength = UsualLink) => SizeOf(TextTemplates.Fill(
        template, Long(TextTemplates.LongestName), Long(TextTemplates.LongestShop), Long(TextTemplates.LongestCar), Long(TextTemplates.LongestService)), linkLength);

    /// <summary>The size of a filled-in text, with a link in its place.</summary>
    public static TextSize SizeOf(string text, int linkLength = UsualLink)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TextSize.Of(text.Replace(TextTemplates.LinkPlaceholder, Long(linkLength), StringComparison.Ordinal));
    }

    private static string Long(int length) => new('x', length);
}

/// <summary>A wording with what it costs.</summary>
public sealed record StepVariantView(string Name, int Weight, string Text, string? Subject, StepEstimate Estimate);

/// <summary>A step of a cadence. <c>when</c> says its delay in words.</summary>
public sealed record StepView(
    string Name, string Channel, int DelayMinutes, int DelayDays, string? At, string From, string When, IReadOnlyList<string> Conditions, IReadOnlyList<StepVariantView> Variants)
{
    internal static StepView Of(Step step, TrialLead? example, int linkLength) => new(
        step.Name, step.Channel, step.DelayMinutes, step.DelayDays, step.DelayDays > 0 ? step.At : null, step.From, CadenceTimes.Words(step), step.Conditions,
        [.. step.Variants.Select(variant => new StepVariantView(variant.Name, variant.Weight, variant.Text, variant.Subject, StepEstimate.Of(step, variant, example, linkLength)))]);
}

/// <summary>A version of a cadence. It never changes; leads keep the version that they began with.</summary>
/// <param name="LocationId">Null: for all shops that have none of their own.</param>
/// <param name="Version">Counted for the tenant, and for each shop; 0 for the product's own, which counts where nothing else is active.</param>
/// <param name="IsActive">New leads begin with it.</param>
/// <param name="MostCostMicros">What a lead costs at most that gets every step.</param>
public sealed record CadenceView(
    Guid Id, string Name, Guid? LocationId, int Version, bool IsActive, bool IsBuiltIn, DateTimeOffset? CreatedAt, DateTimeOffset? ActivatedAt,
    IReadOnlyList<StepView> Steps, long MostCostMicros)
{
    internal static CadenceView Of(StoredCadence stored, TrialLead? example, int linkLength)
    {
        IReadOnlyList<StepView> steps = [.. stored.Cadence.Steps.Select(step => StepView.Of(step, example, linkLength))];
        return new CadenceView(
            stored.Id, stored.Name, stored.LocationId, stored.Version, stored.IsActive, false, stored.CreatedAt, stored.ActivatedAt, steps, CostOf(steps));
    }

    internal static CadenceView OfUsual(bool isActive, TrialLead? example, int linkLength)
    {
        IReadOnlyList<StepView> steps = [.. Cadence.Usual.Steps.Select(step => StepView.Of(step, example, linkLength))];
        return new CadenceView(Cadence.UsualId, "The product's own", null, 0, isActive, true, null, null, steps, CostOf(steps));
    }

    private static long CostOf(IReadOnlyList<StepView> steps) => steps.Sum(step => step.Variants.Max(variant => variant.Estimate.MostCostMicros));
}
