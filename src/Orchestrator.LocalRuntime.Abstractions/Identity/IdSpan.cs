using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.LocalRuntime;

/// <summary>The key of a grain within its type, in the form in which it is stored.</summary>
[GenerateSerializer, Immutable]
public readonly struct IdSpan : IEquatable<IdSpan>, IComparable<IdSpan>
{
    [Id(0)]
    private readonly string? value;

    private IdSpan(string value) => this.value = value;

    public bool IsDefault => value is null;

    public static IdSpan Create(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new(id);
    }

    public bool Equals(IdSpan other) => string.Equals(value, other.value, StringComparison.Ordinal);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is IdSpan other && Equals(other);

    public override int GetHashCode() => value is null ? 0 : string.GetHashCode(value, StringComparison.Ordinal);

    public int CompareTo(IdSpan other) => string.CompareOrdinal(value, other.value);

    public override string ToString() => value ?? "";

    public static bool operator ==(IdSpan left, IdSpan right) => left.Equals(right);

    public static bool operator !=(IdSpan left, IdSpan right) => !left.Equals(right);
}
