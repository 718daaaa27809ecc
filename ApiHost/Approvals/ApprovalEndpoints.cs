using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Approvals;

/// <summary>The inbox: what all workflows ask of persons.</summary>
internal static class ApprovalEndpoints
{
    private const string All = "any";
    private static readonly string[] Statuses = [.. Enum.GetValues<ApprovalStatus>().Where(status => status != ApprovalStatus.None).Select(SnakeCase.Of), All];

    public static void MapApprovals(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/approvals", ListAsync)
            .WithName("listApprovals")
            .WithSummary("List what waits for persons, newest first")
            .WithDescription("`status` is `waiting` (without one), `approved`, `rejected`, `expired`, `withdrawn` or `any`; `approver` selects what this person may decide, `plan` a plan's "
                + "name or id. All that are given must hold. A row changes in the transaction that changes its workflow.")
            .Produces<Page<InboxApprovalResponse>>()
            .Fails("cursor.invalid");

        routes.MapGet("/approvals/{id}", async (string id, IGrainFactory grains, CancellationToken cancellationToken) =>
                await FindAsync(PathSegment.Decode(id), grains, cancellationToken) is { } approval ? Results.Json(InboxApprovalResponse.Of(approval), ApiJson.Responses) : Unknown(id))
            .WithName("getApproval")
            .WithSummary("Read an approval")
            .WithDescription("`id` is percent-encoded; the list has the whole address.")
            .Produces<InboxApprovalResponse>()
            .Fails("approval.not_found");

        Vote("approve", "Approve", approved: true);
        Vote("reject", "Reject", approved: false);

        void Vote(string verb, string title, bool approved) =>
            routes.MapPost("/approvals/{id}/" + verb, (HttpContext http, string id, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken) =>
                    VoteAsync(http, id, approved, body, grains, cancellationToken))
                .WithName(verb + "Approval")
                .WithSummary(title + " what waits for a person")
                .WithDescription("One person has one vote; it survives any crash, and so does what it decides. The same again is answered the same; another vote of the same person, or one "
                    + "against what was decided, is refused with 409. Who sends an operator's key (`Authorization: Bearer …`) is that operator; otherwise `by` says who, and the history "
                    + "marks it as claimed.")
                .Accepts<VoteRequest>("application/json")
                .Example("""{"reason": "read and found good", "by": "ada"}""")
                .Produces<InboxApprovalResponse>()
                .Idempotent()
                .Fails("operator.unknown", "approval.not_allowed", "approval.not_found", "step.not_waiting", "approval.decided", "storage.full");
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] PageQuery page,
        IGrainFactory grains,
        [FromQuery(Name = "status")] string? status,
        [FromQuery(Name = "approver")] string? approver,
        [FromQuery(Name = "plan")] string? plan,
        CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var filter = new ApprovalFilter(Status(status, check), approver, plan);
        if (check.Problem is { } wrong)
        {
            return wrong;
        }

        var list = string.Join('\n', "approvals", filter.Status, approver, plan);
        return await page.AnswerAsync(
            list, "approvals with these filters", (after, count) => grains.WorkflowIndex().ApprovalsAsync(filter, after, count, cancellationToken), approval => approval.Id, InboxApprovalResponse.Of);
    }

    private static async Task<IResult> VoteAsync(HttpContext http, string id, bool approved, RequestBody body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var read = await body.JsonAsync<VoteRequest>(http.Request, optional: true, cancellationToken);
        var check = new RequestCheck();
        WorkflowCommands.CheckReason(read.Value?.Reason, check);
        Caller.CheckName(read.Value?.By, check);
        if ((read.Problem ?? check.Problem) is { } problem)
        {
            return problem;
        }

        if (!Caller.TryIdentify(http, read.Value?.By, out var actor, out var stranger))
        {
            return stranger;
        }

        if (await FindAsync(PathSegment.Decode(id), grains, cancellationToken) is not { } asked)
        {
            return Unknown(id);
        }

        var reply = await grains.Workflow(asked.Workflow).DecideApprovalAsync(new(asked.Step, approved, actor.Name, read.Value?.Reason, actor.Claimed), cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            return ApiProblem.From(refusal);
        }

        // The row changed with the vote, so this is what the vote has made of it, or what came after.
        return await FindAsync(asked.Id, grains, cancellationToken) is { } voted ? Results.Json(InboxApprovalResponse.Of(voted), ApiJson.Responses) : Unknown(id);
    }

    private static ApprovalStatus? Status(string? text, RequestCheck check)
    {
        if (text is null)
        {
            return ApprovalStatus.Waiting;
        }

        if (!Statuses.Contains(text))
        {
            check.Parameter("status", $"'status' is one of {string.Join(", ", Statuses)}, found '{RequestCheck.Shown(text)}'.");
        }

        return text == All ? null : Enum.GetValues<ApprovalStatus>().FirstOrDefault(status => SnakeCase.Of(status) == text);
    }

    private static async ValueTask<Approval?> FindAsync(string id, IGrainFactory grains, CancellationToken cancellationToken) =>
        PathSegment.TryStep(id, out var workflow, out var step)
            ? await grains.WorkflowIndex().FindApprovalAsync(workflow, step, cancellationToken)
            : null;

    private static ApiProblem Unknown(string id) => ApiProblem.Of("approval.not_found", $"There is no approval '{RequestCheck.Shown(id)}'.");
}
