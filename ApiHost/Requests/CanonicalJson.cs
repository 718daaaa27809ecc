using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Orchestrator.ApiHost.Requests;

/// <summary>One spelling for all JSON texts that mean the same, up to how numbers are written.</summary>
/// <remarks>Members in the order of their UTF-16 code units, no white space, as in RFC 8785; numbers stay as they were written.</remarks>
internal static class CanonicalJson
{
    /// <summary>SHA-256 of the route and the canonical body, in hexadecimal.</summary>
    public static string Fingerprint(string route, JsonElement? body = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(Encoding.UTF8.GetBytes(route));
        buffer.Write("\n"u8);
        if (body is { } element)
        {
            using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
            Write(writer, element);
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    /// <summary>Of a body that is not JSON: every byte counts.</summary>
    public static string Fingerprint(string route, ReadOnlySpan<byte> body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(Encoding.UTF8.GetBytes(route));
        buffer.Write("\n"u8);
        buffer.Write(body);
        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
