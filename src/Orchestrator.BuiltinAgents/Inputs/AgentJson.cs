using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.BuiltinAgents.Inputs;

/// <summary>How built-in agents write their answers: camelCase, absent rather than null, letters of every script as they are.</summary>
internal static class AgentJson
{
    /// <summary>For reading the same answers back, too.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static AgentAnswer Answer<T>(T output) => AgentAnswer.Ok(Payload.From(output, Options));
}
