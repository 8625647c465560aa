namespace LeadOrchestrator.Bench;

/// <summary>The benchmark cannot be run, or its result would not be true. The message is one sentence for the person who started it.</summary>
internal sealed class BenchException(string message, Exception? inner = null) : Exception(message, inner);
