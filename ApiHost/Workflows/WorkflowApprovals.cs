using System.Collections.Immutable;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Workflows;

/// <summary>Steps of a workflow that wait for a person.</summary>
internal static class WorkflowApprovals
{
    public static void MapWorkflowApprovals(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/workflows/{id}/approvals", ListAsync)
            .WithName("listWorkflowApprovals")
            .WithSummary("List what waits for a person")
            .Produces<Page<ApprovalResponse>>()
            .Fails("workflow.not_found");

        routes.MapPost("/workflows/{id}/approvals/{step}", DecideAsync)
            .WithName("decideApproval")
            .WithSummary("Approve or reject a step")
            .WithDescription("One person has one vote, and the vote survives any crash; the same again changes nothing, another one is refused. Most plans ask for one approval, and "
                + "the first decision wins; others ask for several. `step` is the step's path, percent-encoded. `GET /api/v1/approvals` lists those of all workflows.")
            .Accepts<ApprovalRequest>("application/json")
            .Example("""{"decision": "approve", "reason": "read and found good"}""")
            .Produces<CommandResponse>()
            .Idempotent()
            .Fails("operator.unknown", "approval.not_allowed", "workflow.not_found", "step.not_found", "step.not_waiting", "approval.decided", "workflow.finished", "storage.full");
    }

    private static async Task<IResult> ListAsync(string id, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!WorkflowId.TryParse(id, out var workflow) || await grains.Workflow(workflow).GetAsync(cancellationToken) is not { } view)
        {
            return WorkflowReads.Unknown(id);
        }

        var waiting = view.Steps
            .Where(step => step.Wait is { Kind: WaitKind.Approval })
            .Select(step =>
            {
                var asked = Find(view.Plan, step.Path.Value)?.Approval;
                return new ApprovalResponse(
                    step.Path.Value,
                    asked?.Prompt ?? step.Wait!.On,
                    asked is { Approvers.IsDefault: false } ? asked.Approvers : ImmutableArray<string>.Empty,
                    step.Wait!.Since,
                    step.Wait.Until,
                    $"{WorkflowLinks.SelfOf(workflow)}/approvals/{Uri.EscapeDataString(step.Path.Value)}");
            });
        return Results.Json(new Page<ApprovalResponse>([.. waiting], NextCursor: null), ApiJson.Responses);
    }

    private static async Task<IResult> DecideAsync(HttpContext http, string id, string step, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!WorkflowId.TryParse(id, out var workflow))
        {
            return WorkflowReads.Unknown(id);
        }

        var read = await body.JsonAsync<ApprovalRequest>(http.Request, optional: false, cancellationToken);
        if (read.Problem is not null)
        {
            return read.Problem;
        }

        var check = new RequestCheck();
        var decision = read.Value!.Decision;
        if (decision is not ("approve" or "reject"))
        {
            check.Member("/decision", $"A decision is 'approve' or 'reject', found '{RequestCheck.Shown(decision)}'.", Nearest.To(decision, ["approve", "reject"]));
        }

        WorkflowCommands.CheckReason(read.Value.Reason, check);
        Caller.CheckName(read.Value.By, check);
        if (check.Problem is { } problem)
        {
            return problem;
        }

        return Caller.TryIdentify(http, read.Value.By, out var actor, out var stranger)
            ? WorkflowCommands.Answer(http, workflow, await grains.Workflow(workflow).DecideApprovalAsync(
                new(new StepPath(PathSegment.Decode(step)), decision == "approve", actor.Name, read.Value.Reason, actor.Claimed), cancellationToken))
            : stranger;
    }

    /// <summary>The step of the plan that stands behind a path.</summary>
    private static Step? Find(Plan plan, string path)
    {
        var parts = path.Split('/', 2);
        if (parts[0] == StepPath.Fallback)
        {
            return parts.Length == 2 && plan.FallbackPlan is { } fallback ? Find(fallback, parts[1]) : null;
        }

        var bracket = parts[0].IndexOf('[', StringComparison.Ordinal);
        var id = bracket < 0 ? parts[0] : parts[0][..bracket];
        var step = plan.Steps.FirstOrDefault(one => one.Id == id);
        return parts.Length == 1 || step is null ? step
            : parts[1].StartsWith(StepPath.StepFallback + "/", StringComparison.Ordinal) && step.Fallback?.Plan is { } instead
                ? Find(instead, parts[1][(StepPath.StepFallback.Length + 1)..])
            : step.SubPlan is { } inner ? Find(inner, parts[1])
            : null;
    }
}
