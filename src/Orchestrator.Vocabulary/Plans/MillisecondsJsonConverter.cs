using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Plans;

/// <summary>Durations in stored plans are whole milliseconds, as in the plans people write.</summary>
public sealed class MillisecondsJsonConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.FromMilliseconds(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue((long)value.TotalMilliseconds);
}
