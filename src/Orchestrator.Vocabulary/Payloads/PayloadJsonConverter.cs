using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Payloads;

/// <summary>Writes a payload into surrounding JSON as the value it is, and takes one out as bytes.</summary>
public sealed class PayloadJsonConverter : JsonConverter<Payload>
{
    public override bool HandleNull => true;

    public override Payload Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return Payload.Null;
        }

        using var document = JsonDocument.ParseValue(ref reader);
        return Payload.FromElement(document.RootElement);
    }

    // What a payload holds was valid when it was made; validating it again on every append is most of an append's cost.
    public override void Write(Utf8JsonWriter writer, Payload value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}
