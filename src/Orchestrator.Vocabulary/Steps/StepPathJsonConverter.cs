using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Steps;

/// <summary>A path is stored as the text it is.</summary>
public sealed class StepPathJsonConverter : JsonConverter<StepPath>
{
    public override StepPath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("A step path is a text, found null."));

    public override void Write(Utf8JsonWriter writer, StepPath value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value ?? "");

    public override StepPath ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, StepPath value, JsonSerializerOptions options) => writer.WritePropertyName(value.Value ?? "");
}
