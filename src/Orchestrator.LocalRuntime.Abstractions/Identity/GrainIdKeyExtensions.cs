using System.Globalization;

namespace Orchestrator.LocalRuntime;

/// <summary>How keys that are not strings are written: integers in upper-case hexadecimal, Guids as 32 digits, compound keys as <c>key+extension</c>.</summary>
public static class GrainIdKeyExtensions
{
    public static IdSpan CreateIntegerKey(long key, string? keyExtension = null) => Compound(key.ToString("X", CultureInfo.InvariantCulture), keyExtension);

    public static IdSpan CreateGuidKey(Guid key, string? keyExtension = null) => Compound(key.ToString("N"), keyExtension);

    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        var digits = Split(grainId, out keyExt);
        return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }

    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt) => Guid.TryParseExact(Split(grainId, out keyExt), "N", out key);

    public static long GetIntegerKey(this GrainId grainId, out string? keyExt) =>
        grainId.TryGetIntegerKey(out var key, out keyExt) ? key : throw new ArgumentException($"Grain {grainId} has no integer key.", nameof(grainId));

    public static long GetIntegerKey(this GrainId grainId) => grainId.GetIntegerKey(out _);

    public static Guid GetGuidKey(this GrainId grainId, out string? keyExt) =>
        grainId.TryGetGuidKey(out var key, out keyExt) ? key : throw new ArgumentException($"Grain {grainId} has no Guid key.", nameof(grainId));

    public static Guid GetGuidKey(this GrainId grainId) => grainId.GetGuidKey(out _);

    private static IdSpan Compound(string key, string? keyExtension) => IdSpan.Create(string.IsNullOrWhiteSpace(keyExtension) ? key : $"{key}+{keyExtension}");

    private static ReadOnlySpan<char> Split(GrainId grainId, out string? keyExtension)
    {
        var key = grainId.Key.ToString();
        var plus = key.IndexOf('+', StringComparison.Ordinal);
        keyExtension = plus < 0 ? null : key[(plus + 1)..];
        return plus < 0 ? key : key.AsSpan(0, plus);
    }
}
