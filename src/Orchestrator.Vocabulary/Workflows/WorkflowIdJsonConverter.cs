using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary.Workflows;

/// <summary>An id is stored as the text it is.</summary>
public sealed class WorkflowIdJsonConverter : JsonConverter<WorkflowId>
{
    public override WorkflowId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("A workflow id is a text, found null."));

    public override void Write(Utf8JsonWriter writer, WorkflowId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value ?? "");
}
