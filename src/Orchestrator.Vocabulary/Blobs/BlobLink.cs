using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Vocabulary.Blobs;

/// <summary>What stands in a payload for content that is kept beside it: <c>{"$blob": "sha256:…", "bytes": 123, "contentType": "…"}</c>.</summary>
/// <remarks>
/// A JSON object is a link when its member <c>$blob</c> is a text that begins with <c>sha256:</c>. The digest says what is meant; the other members say it to
/// readers, and may be missing in a link that somebody has written by hand.
/// </remarks>
/// <param name="Bytes">The length of the content; null where the link does not say.</param>
/// <param name="ContentType">How to read it; null where the link does not say.</param>
public sealed record BlobLink(BlobDigest Digest, long? Bytes = null, string? ContentType = null)
{
    public const string Member = "$blob";

    /// <summary>The longest content type that is kept.</summary>
    public const int ContentTypeLengthMax = 255;

    public Payload ToPayload()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, href: null);
        }

        return Payload.FromTrustedUtf8(buffer.WrittenMemory);
    }

    /// <param name="href">Where the content can be had; null for none.</param>
    public void Write(Utf8JsonWriter writer, string? href)
    {
        writer.WriteStartObject();
        writer.WriteString(Member, Digest.Value);
        if (Bytes is { } bytes)
        {
            writer.WriteNumber("bytes", bytes);
        }

        if (ContentType is { } type)
        {
            writer.WriteString("contentType", type);
        }

        if (href is not null)
        {
            writer.WriteString("href", href);
        }

        writer.WriteEndObject();
    }

    /// <summary>A quick look: whether the value may hold links. Most hold none, and are not parsed to find that out.</summary>
    public static bool MayStandIn(Payload payload) => payload.Utf8.Span.IndexOf("\"$blob\""u8) >= 0;

    /// <summary>Every link in a value, each with its place in it, a JSON Pointer. One whose digest cannot be read is told without one.</summary>
    public static ImmutableArray<FoundLink> In(Payload payload)
    {
        if (!MayStandIn(payload))
        {
            return [];
        }

        using var document = payload.Parse();
        var found = ImmutableArray.CreateBuilder<FoundLink>();
        Find(payload, document.RootElement, "", found);
        return found.DrainToImmutable();
    }

    /// <summary>The link that a value is; null when it is none, or one that cannot be read.</summary>
    public static BlobLink? Of(Payload payload)
    {
        if (!MayStandIn(payload))
        {
            return null;
        }

        using var document = payload.Parse();
        return Read(document.RootElement);
    }

    /// <summary>The link that an element is; null when it is none, or one that cannot be read.</summary>
    public static BlobLink? Read(JsonElement element) => Text(element) is { } text && BlobDigest.TryParse(text, out var digest)
        ? new BlobLink(
            digest,
            element.TryGetProperty("bytes", out var bytes) && bytes.ValueKind == JsonValueKind.Number && bytes.TryGetInt64(out var count) ? count : null,
            element.TryGetProperty("contentType", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null)
        : null;

    private static string? Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(Member, out var member) && member.ValueKind == JsonValueKind.String
        && member.GetString() is { } text && text.StartsWith(BlobDigest.Prefix, StringComparison.Ordinal)
            ? text
            : null;

    /// <summary>The value with others in the places of some of its links, and every other letter as it was.</summary>
    /// <param name="replaced">Links of <see cref="In"/>, in its order.</param>
    public static Payload Replace(Payload payload, ImmutableArray<(FoundLink Link, Payload By)> replaced)
    {
        var buffer = new ArrayBufferWriter<byte>(payload.Length + replaced.Sum(one => one.By.Length));
        var at = 0;
        foreach (var (link, by) in replaced)
        {
            buffer.Write(payload.Utf8.Span[at..link.Start]);
            buffer.Write(by.Utf8.Span);
            at = link.Start + link.Length;
        }

        buffer.Write(payload.Utf8.Span[at..]);
        return Payload.FromTrustedUtf8(buffer.WrittenMemory);
    }

    private static void Find(Payload whole, JsonElement element, string place, ImmutableArray<FoundLink>.Builder found)
    {
        if (Text(element) is { } text)
        {
            // The document was read from the payload's own bytes, so what stands there stands in the payload.
            var raw = JsonMarshal.GetRawUtf8Value(element);
            whole.Utf8.Span.Overlaps(raw, out var start);
            found.Add(new FoundLink(place, text, Read(element), start, raw.Length));
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                Find(whole, member.Value, place + "/" + member.Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal), found);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray())
            {
                Find(whole, item, place + "/" + index++.ToString(CultureInfo.InvariantCulture), found);
            }
        }
    }
}

/// <summary>A link where it stands.</summary>
/// <param name="Place">A JSON Pointer (RFC 6901); empty for the whole value.</param>
/// <param name="Text">The digest as it is written.</param>
/// <param name="Link">Null when the digest is none.</param>
/// <param name="Start">Where it begins, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct FoundLink(string Place, string Text, BlobLink? Link, int Start, int Length);
