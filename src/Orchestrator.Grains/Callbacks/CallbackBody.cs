using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Callbacks;

/// <summary>What a callback says: a CloudEvent 1.0 in structured JSON. The same workflow gives the same text, whenever it is told.</summary>
internal static class CallbackBody
{
    /// <summary>The source and the id together are what a receiver knows the event by.</summary>
    public static byte[] Write(WorkflowView workflow, long number, int outputBytesMax)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = VocabularyJson.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("specversion", "1.0");
            json.WriteString("id", number.ToString(CultureInfo.InvariantCulture));
            json.WriteString("source", "/api/v1/workflows/" + workflow.Id.Value);
            json.WriteString("type", "workflow." + NameOf(workflow.Status).Replace('_', '-'));
            json.WriteString("subject", workflow.Id.Value);
            json.WriteString("time", TimeText(workflow.FinishedAt ?? workflow.UpdatedAt));
            json.WriteString("datacontenttype", "application/json");
            if (workflow.TraceParent is { } trace)
            {
                json.WriteString("traceparent", trace);
            }

            json.WriteStartObject("data");
            json.WriteString("id", workflow.Id.Value);
            json.WriteString("state", NameOf(workflow.Status));
            json.WriteString("createdAt", TimeText(workflow.CreatedAt));
            json.WriteString("updatedAt", TimeText(workflow.UpdatedAt));
            json.WriteStartObject("tags");
            foreach (var (name, value) in workflow.Tags)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            WriteOutcome(json, workflow, outputBytesMax);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void WriteOutcome(Utf8JsonWriter json, WorkflowView workflow, int outputBytesMax)
    {
        if (workflow.Output is { } output && output.Length > outputBytesMax)
        {
            json.WriteBoolean("outputLeftOut", true);
        }
        else if (workflow.Output is { } small)
        {
            json.WritePropertyName("output");
            json.WriteRawValue(small.Utf8.Span, skipInputValidation: true);
        }

        if (workflow.Failure is { } failure)
        {
            json.WriteStartObject("error");
            json.WriteString("code", failure.Code);
            json.WriteString("message", failure.Message);
            json.WriteEndObject();
        }
    }

    private static string NameOf(WorkflowStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    private static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
