using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Orchestrator.LocalRuntime;

/// <summary>Which stream of a provider: a namespace and a key, written <c>namespace/key</c>.</summary>
[GenerateSerializer, Immutable]
public readonly struct StreamId : IEquatable<StreamId>, IComparable<StreamId>
{
    [Id(0)]
    private readonly string? space;

    [Id(1)]
    private readonly string? key;

    private StreamId(string? space, string key) => (this.space, this.key) = (space, key);

    public static StreamId Create(string? ns, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return new(string.IsNullOrEmpty(ns) ? null : ns, key);
    }

    public static StreamId Create(string? ns, Guid key) => Create(ns, key.ToString("N"));

    public static StreamId Create(string? ns, long key) => Create(ns, key.ToString(CultureInfo.InvariantCulture));

    public string? GetNamespace() => space;

    public string GetKeyAsString() => key ?? "";

    public bool Equals(StreamId other) => key == other.key && space == other.space;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is StreamId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(space, key);

    public int CompareTo(StreamId other)
    {
        var bySpace = string.CompareOrdinal(space, other.space);
        return bySpace != 0 ? bySpace : string.CompareOrdinal(key, other.key);
    }

    public override string ToString() => space is null ? $"null/{key}" : $"{space}/{key}";

    public static bool operator ==(StreamId left, StreamId right) => left.Equals(right);

    public static bool operator !=(StreamId left, StreamId right) => !left.Equals(right);
}
