using System.Text.Json;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Plans;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>Workflows and plans as the API writes them, for whoever shows them without asking over HTTP.</summary>
public static class WorkflowText
{
    /// <summary>UTF-8 JSON: what <c>GET /api/v1/workflows/{id}</c> answers, byte for byte.</summary>
    public static byte[] Write(WorkflowView view) => JsonSerializer.SerializeToUtf8Bytes(WorkflowResponse.Of(view), ApiJson.Responses);

    /// <summary>UTF-8 JSON: the <c>data:</c> of one event of <c>GET /api/v1/workflows/{id}/events</c>.</summary>
    public static byte[] Write(JournalEntry entry) => JsonSerializer.SerializeToUtf8Bytes(EventResponse.Of(entry), ApiJson.Responses);

    /// <summary>The member <c>plan</c> of a request or an answer.</summary>
    public static Payload Write(Plan plan) => PlanText.Write(plan);
}
