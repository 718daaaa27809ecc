using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Orchestrator.LocalRuntime.Generators;

/// <summary>All the generator needs of one grain interface, as text, so that an unchanged interface is never generated again.</summary>
internal sealed record GrainInterfaceModel(string InterfaceName, string ProxyName, string Source, EquatableArray<Problem> Problems);

/// <summary>A refusal at a place, comparable where a diagnostic is not.</summary>
internal sealed record Problem(string Id, string Path, TextSpan Span, LinePositionSpan Lines, EquatableArray<string> Arguments)
{
    public static Problem At(ISymbol symbol, DiagnosticDescriptor descriptor, params string[] arguments)
    {
        var location = symbol.Locations.FirstOrDefault(candidate => candidate.IsInSource) ?? Location.None;
        var lines = location.GetLineSpan();
        return new(descriptor.Id, lines.Path ?? "", location.SourceSpan, lines.Span, new(arguments.ToImmutableArray()));
    }

    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        Id == GrainDiagnostics.Shape.Id ? GrainDiagnostics.Shape : GrainDiagnostics.Mutable,
        Path.Length == 0 ? Location.None : Location.Create(Path, Span, Lines),
        Arguments.Items.Cast<object>().ToArray());
}

/// <summary>An array that is equal to another of equal items, which incremental generation depends on.</summary>
internal readonly struct EquatableArray<T>(ImmutableArray<T> items) : IEquatable<EquatableArray<T>> where T : IEquatable<T>
{
    public ImmutableArray<T> Items => items.IsDefault ? ImmutableArray<T>.Empty : items;

    public bool Equals(EquatableArray<T> other) => Items.SequenceEqual(other.Items);

    public override bool Equals(object? obj) => obj is EquatableArray<T> other && Equals(other);

    public override int GetHashCode() => Items.Aggregate(17, (hash, item) => (hash * 31) + item.GetHashCode());
}
