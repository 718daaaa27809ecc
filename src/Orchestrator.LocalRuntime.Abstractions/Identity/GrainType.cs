using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.LocalRuntime;

/// <summary>The name of a grain class, as it is stored and shown: <c>hello</c> for <c>HelloGrain</c>.</summary>
[GenerateSerializer, Immutable]
public readonly struct GrainType : IEquatable<GrainType>, IComparable<GrainType>
{
    [Id(0)]
    private readonly string? value;

    public GrainType(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        this.value = value;
    }

    public bool IsDefault => value is null;

    public static GrainType Create(string value) => new(value);

    public bool Equals(GrainType other) => string.Equals(value, other.value, StringComparison.Ordinal);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is GrainType other && Equals(other);

    public override int GetHashCode() => value is null ? 0 : string.GetHashCode(value, StringComparison.Ordinal);

    public int CompareTo(GrainType other) => string.CompareOrdinal(value, other.value);

    public override string ToString() => value ?? "";

    public static bool operator ==(GrainType left, GrainType right) => left.Equals(right);

    public static bool operator !=(GrainType left, GrainType right) => !left.Equals(right);
}
