using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Adapters.Agents.Http;

/// <summary>What an HTTP agent is sent.</summary>
internal static class AgentBody
{
    public static HttpContent Write(BodyShape shape, AgentRequest request)
    {
        var content = new ReadOnlyMemoryContent(shape == BodyShape.Input ? request.Input.Utf8 : Envelope(request));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return content;
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static ReadOnlyMemory<byte> Envelope(AgentRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(request.Input.Length + 1_024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("action", request.Action);
            json.WritePropertyName("input");
            json.WriteRawValue(request.Input.Utf8.Span, skipInputValidation: true);
            json.WriteStartObject("context");
            json.WriteString("agent", request.Agent);
            json.WriteString("workflowId", request.WorkflowId);
            json.WriteString("stepId", request.StepId);
            json.WriteNumber("attempt", request.Attempt);
            if (request.Deadline is { } deadline)
            {
                json.WriteString("deadline", Time(deadline));
            }

            if (request.Completion is { } completion)
            {
                json.WriteStartObject("completion");
                json.WriteString("token", completion.Token);
                json.WriteString("url", completion.Url);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
