using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Payloads;

/// <summary>A JSON value that passes through us: an input, an output, a signal's content.</summary>
/// <remarks>
/// The bytes are UTF-8 JSON and never change. We carry them as they came and read them only where a plan refers into them,
/// so a large answer costs one copy and no parse. <c>default</c> is the JSON value <c>null</c>.
/// Whoever makes a payload from outside bytes validates them first with <see cref="TryParse"/>.
/// </remarks>
[GenerateSerializer, Immutable, Alias("payload")]
[JsonConverter(typeof(PayloadJsonConverter))]
public readonly record struct Payload
{
    private static readonly ReadOnlyMemory<byte> NullLiteral = "null"u8.ToArray();

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Id(0)]
    private readonly ReadOnlyMemory<byte> utf8;

    private Payload(ReadOnlyMemory<byte> utf8) => this.utf8 = utf8;

    public static Payload Null => default;

    public static Payload EmptyObject { get; } = new("{}"u8.ToArray());

    /// <summary>The value as UTF-8 JSON; <c>null</c> for the default payload.</summary>
    public ReadOnlyMemory<byte> Utf8 => utf8.IsEmpty ? NullLiteral : utf8;

    public int Length => Utf8.Length;

    public bool IsNull => Utf8.Span.SequenceEqual(NullLiteral.Span);

    /// <summary>Takes bytes that are known to be one valid JSON value, such as what a serializer has just written.</summary>
    public static Payload FromTrustedUtf8(ReadOnlyMemory<byte> json) => new(json);

    /// <summary>Takes a value out of a document, letter by letter as it stands there; only one laid out over several lines is written anew, on one line.</summary>
    /// <remarks>Event streams and logs are read line by line, so no payload may bring a line break of its own.</remarks>
    public static Payload FromElement(JsonElement element)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        return new(raw.ContainsAny("\r\n"u8) ? JsonSerializer.SerializeToUtf8Bytes(element, OneLine) : raw.ToArray());
    }

    public static Payload From<T>(T value, JsonSerializerOptions? options = null) => new(JsonSerializer.SerializeToUtf8Bytes(value, options));

    /// <summary>Reads one JSON value. Duplicate members, names that are not Unicode, comments, trailing commas and depth over 64 are refused.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, out Payload payload, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            payload = new(json.ToArray());
            problem = null;
            return true;
        }
        catch (JsonException exception)
        {
            payload = default;
            problem = exception.Message;
            return false;
        }
        catch (InvalidOperationException)
        {
            // Looking for duplicates unescapes the names, and a name with half a surrogate pair in it is no name.
            payload = default;
            problem = "A member's name holds half of a surrogate pair.";
            return false;
        }
    }

    public JsonDocument Parse() => JsonDocument.Parse(Utf8);

    public T? As<T>(JsonSerializerOptions? options = null) => JsonSerializer.Deserialize<T>(Utf8.Span, options);

    public bool Equals(Payload other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);
}
