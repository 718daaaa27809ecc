using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Vocabulary;

namespace Orchestrator.Grains.Records;

/// <summary>The names of versions: of what is stored its revision behind a letter, of what a host declares a digest of its content.</summary>
internal static class RecordVersion
{
    public static string Stored(char letter, long revision) => string.Create(CultureInfo.InvariantCulture, $"{letter}{revision}");

    public static string Declared(string json) => "d" + Digest(json);

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));

    /// <summary>Why a change is not made by whoever has seen the version <paramref name="expected"/>; null where it is made.</summary>
    /// <param name="kind">What is changed, such as <c>route</c>.</param>
    /// <param name="present">Of the one that is there; null or empty when there is none.</param>
    /// <param name="expected">Empty for none; null for whichever there is.</param>
    public static Refusal? Stale(string kind, string name, string? present, string? expected) =>
        expected is null || expected == (present ?? "") ? null
        : new Refusal(
            kind + ".version",
            present is null or "" ? $"There is no {kind} '{name}', and version '{expected}' was expected."
                : $"{char.ToUpperInvariant(kind[0])}{kind[1..]} '{name}' is at version '{present}', not at '{expected}'.");
}
