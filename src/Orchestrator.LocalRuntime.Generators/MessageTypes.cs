using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Orchestrator.LocalRuntime.Generators;

/// <summary>Judges whether a value of a type may be handed to another grain without a copy.</summary>
internal static class MessageTypes
{
    private const string Runtime = "Orchestrator.LocalRuntime";

    private static readonly ImmutableHashSet<string> Immutable = ImmutableHashSet.Create(
        "System.DateTimeOffset", "System.TimeSpan", "System.DateOnly", "System.TimeOnly", "System.Guid", "System.Uri", "System.Version", "System.Half",
        "System.Int128", "System.UInt128", "System.Text.Rune", "System.Numerics.BigInteger", "System.Net.IPAddress", "System.Threading.CancellationToken");

    // Their elements are judged in turn.
    private static readonly ImmutableHashSet<string> Containers = ImmutableHashSet.Create(
        "System.Nullable`1", "System.ReadOnlyMemory`1", "System.Collections.Generic.KeyValuePair`2",
        "System.Collections.Immutable.ImmutableArray`1", "System.Collections.Immutable.ImmutableList`1",
        "System.Collections.Immutable.ImmutableDictionary`2", "System.Collections.Immutable.ImmutableSortedDictionary`2",
        "System.Collections.Immutable.ImmutableHashSet`1", "System.Collections.Immutable.ImmutableSortedSet`1",
        "System.Collections.Immutable.ImmutableQueue`1", "System.Collections.Immutable.ImmutableStack`1");

    public static bool IsImmutable(ITypeSymbol type)
    {
        if (type.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_String) or SpecialType.System_DateTime
            || type.TypeKind == TypeKind.Enum || HasAttribute(type, "ImmutableAttribute") || IsReference(type))
        {
            return true;
        }

        if (type is not INamedTypeSymbol named)
        {
            return false;
        }

        if (named.IsTupleType)
        {
            return named.TupleElements.All(element => IsImmutable(element.Type));
        }

        var name = MetadataName(named.OriginalDefinition);
        return Immutable.Contains(name) || (Containers.Contains(name) && named.TypeArguments.All(IsImmutable));
    }

    public static bool IsReference(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Interface && (IsNamed(type, "IAddressable") || type.AllInterfaces.Any(parent => IsNamed(parent, "IAddressable")));

    public static bool HasAttribute(ISymbol symbol, string attribute) =>
        symbol.GetAttributes().Any(found => found.AttributeClass is { } type && IsNamed(type, attribute));

    public static bool IsNamed(ITypeSymbol type, string name) => type.Name == name && type.ContainingNamespace?.ToDisplayString() == Runtime;

    public static string MetadataName(INamedTypeSymbol type) => type.ContainingNamespace.ToDisplayString() + "." + type.MetadataName;
}
