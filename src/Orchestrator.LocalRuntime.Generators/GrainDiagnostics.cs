using Microsoft.CodeAnalysis;

namespace Orchestrator.LocalRuntime.Generators;

/// <summary>What is refused at compile time, and what to write instead.</summary>
internal static class GrainDiagnostics
{
    public static readonly DiagnosticDescriptor Shape = Error(
        "GRAIN001", "Grain interface of a shape that cannot be called",
        "{0}: {1}");

    public static readonly DiagnosticDescriptor Mutable = Error(
        "GRAIN002", "Grain message that could change after it was sent",
        "{0}: {1} is {2}, which is not known to be immutable. Calls hand values over without a copy: use a [GenerateSerializer, Immutable] record of scalars and ImmutableArray<T>, or mark the parameter [Immutable] if nobody keeps a hand on it.");

    private static DiagnosticDescriptor Error(string id, string title, string message) => new(id, title, message, "GrainModel", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
