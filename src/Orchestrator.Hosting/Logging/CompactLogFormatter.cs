using System.Globalization;
using System.Text;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;

namespace Orchestrator.Hosting.Logging;

/// <summary>One log event as one line of compact JSON: <c>@t @mt @l @x @tr @sp</c>, then its properties.</summary>
/// <remarks>
/// The format is that of Serilog.Formatting.Compact (https://clef-json.org). A line break or an escape sequence in any value is escaped, so nothing that
/// comes from outside can make a second line or colour a terminal. Strings over <see cref="FieldCharactersMax"/> are cut and say so.
/// </remarks>
public sealed class CompactLogFormatter : ITextFormatter
{
    public const int FieldCharactersMax = 8 * 1024;
    private const int DepthMax = 8;
    private const int ItemsMax = 100;

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var buffer = new MemoryStream(512);
        // The default encoder escapes everything beyond printable ASCII, U+2028 and the escape character included.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("@t", logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("@mt", Cut(logEvent.MessageTemplate.Text));
            json.WriteString("@l", logEvent.Level.ToString());
            if (logEvent.Exception is { } exception)
            {
                json.WriteString("@x", Cut(exception.ToString()));
            }

            if (logEvent.TraceId is { } trace)
            {
                json.WriteString("@tr", trace.ToHexString());
            }

            if (logEvent.SpanId is { } span)
            {
                json.WriteString("@sp", span.ToHexString());
            }

            foreach (var (name, value) in logEvent.Properties)
            {
                // A name with one '@' is ours; the format doubles it where a property brings its own.
                json.WritePropertyName(name.StartsWith('@') ? "@" + name : name);
                Write(json, value, depth: 0);
            }

            json.WriteEndObject();
        }

        output.Write(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        output.Write('\n');
    }

    private static void Write(Utf8JsonWriter json, LogEventPropertyValue value, int depth)
    {
        switch (value)
        {
            case ScalarValue scalar:
                WriteScalar(json, scalar.Value);
                break;
            case var _ when depth == DepthMax:
                json.WriteStringValue("…");
                break;
            case SequenceValue sequence:
                json.WriteStartArray();
                foreach (var element in sequence.Elements.Take(ItemsMax))
                {
                    Write(json, element, depth + 1);
                }

                json.WriteEndArray();
                break;
            case StructureValue structure:
                json.WriteStartObject();
                foreach (var property in structure.Properties.Take(ItemsMax))
                {
                    json.WritePropertyName(property.Name);
                    Write(json, property.Value, depth + 1);
                }

                json.WriteEndObject();
                break;
            case DictionaryValue dictionary:
                json.WriteStartObject();
                foreach (var (key, element) in dictionary.Elements.Take(ItemsMax))
                {
                    json.WritePropertyName(Convert.ToString(key.Value, CultureInfo.InvariantCulture) ?? "");
                    Write(json, element, depth + 1);
                }

                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue(Cut(value.ToString()));
                break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int or long or short or byte or sbyte or ushort or uint:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case IFormattable formattable:
                json.WriteStringValue(Cut(formattable.ToString(formattable is DateTime or DateTimeOffset ? "O" : null, CultureInfo.InvariantCulture)));
                break;
            default:
                json.WriteStringValue(Cut(value.ToString() ?? ""));
                break;
        }
    }

    private static string Cut(string text)
    {
        if (text.Length <= FieldCharactersMax)
        {
            return text;
        }

        // Half of a surrogate pair is not text.
        var end = char.IsHighSurrogate(text[FieldCharactersMax - 1]) ? FieldCharactersMax - 1 : FieldCharactersMax;
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, end)}… ({text.Length} characters)");
    }
}
