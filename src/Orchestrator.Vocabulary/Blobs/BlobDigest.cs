using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Vocabulary.Blobs;

/// <summary>Names content by what it is: <c>sha256:</c> and the 64 lower-case hexadecimal digits of its SHA-256 (FIPS 180-4).</summary>
[GenerateSerializer, Immutable, Alias("blob-digest")]
public readonly record struct BlobDigest([property: Id(0)] string Value)
{
    public const string Prefix = "sha256:";

    private const int HexLength = 64;

    /// <param name="hash">The 32 bytes of a SHA-256.</param>
    public static BlobDigest Of(ReadOnlySpan<byte> hash) => new(Prefix + Convert.ToHexStringLower(hash));

    /// <summary>Accepts that one form and no other: a digest becomes part of addresses, keys and log lines.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BlobDigest digest)
    {
        var valid = text is not null && text.Length == Prefix.Length + HexLength && text.StartsWith(Prefix, StringComparison.Ordinal)
            && text.AsSpan(Prefix.Length).IndexOfAnyExcept("0123456789abcdef") < 0;
        digest = valid ? new BlobDigest(text!) : default;
        return valid;
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToBytes() => Convert.FromHexString(Value.AsSpan(Prefix.Length));

    public override string ToString() => Value;
}
