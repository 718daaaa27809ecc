using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NSubstitute;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_persons_have_an_inbox(SiloServer server)
{
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task what_waits_is_listed_read_and_decided_under_the_addresses_it_gives()
    {
        var plan = Unique("inbox");
        var id = await AskAsync(plan, """{"prompt": "Publish?", "approvers": ["ana", "ben", "cyn"], "quorum": 2, "rejections": 2, "expires": "2d", "escalate": {"to": ["boss"], "after": "4h"}}""");

        var waiting = (await InboxAsync($"plan={plan}&approver=ben")).Single();
        (waiting.GetProperty("workflow").GetString(), waiting.GetProperty("step").GetString(), waiting.GetProperty("status").GetString()).ShouldBe((id, "read/it", "waiting"));
        (waiting.GetProperty("prompt").GetString(), waiting.GetProperty("quorum").GetInt32(), waiting.GetProperty("planId").GetString()).ShouldBe(("Publish?", 2, plan));
        (waiting.GetProperty("until").GetDateTimeOffset() - waiting.GetProperty("since").GetDateTimeOffset()).ShouldBe(TimeSpan.FromDays(2));
        (waiting.GetProperty("escalatesAt").GetDateTimeOffset() - waiting.GetProperty("since").GetDateTimeOffset()).ShouldBe(TimeSpan.FromHours(4));
        (await InboxAsync($"plan={plan}&approver=dan")).ShouldBeEmpty();
        (await InboxAsync($"plan={plan}&status=approved")).ShouldBeEmpty();

        var approve = waiting.GetProperty("approve").GetString()!;
        var first = await VoteAsync(approve, """{"by": "ana", "reason": "fine"}""");
        (first.GetProperty("status").GetString(), first.GetProperty("votes")[0].GetProperty("by").GetString(), first.GetProperty("votes")[0].GetProperty("claimed").GetBoolean()).ShouldBe(("waiting", "ana", true));
        (await VoteAsync(approve, """{"by": "ana", "reason": "again"}""")).GetRawText().ShouldBe(first.GetRawText(), "the same again is answered the same");
        await (await client.PostJsonAsync(waiting.GetProperty("reject").GetString()!, """{"by": "ana"}""")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "approval.decided");
        await (await client.PostJsonAsync(approve, """{"by": "dan"}""")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "approval.not_allowed");

        var second = await VoteAsync(approve, """{"by": "ben"}""");
        (second.GetProperty("status").GetString(), second.GetProperty("votes").GetArrayLength()).ShouldBe(("approved", 2));
        (await VoteAsync(approve, """{"by": "cyn"}""")).GetProperty("votes").GetArrayLength().ShouldBe(2, "it is decided");
        await (await client.PostJsonAsync(waiting.GetProperty("reject").GetString()!, """{"by": "cyn"}""")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "approval.decided");
        (await client.GetAsync(waiting.GetProperty("self").GetString()!)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await InboxAsync($"plan={plan}")).ShouldBeEmpty();
        (await InboxAsync($"plan={plan}&status=approved")).Length.ShouldBe(1);
        (await client.EndAsync(id)).GetProperty("state").GetString().ShouldBe("completed");
    }

    [Fact]
    public async Task it_is_read_page_by_page()
    {
        var plan = Unique("pages");
        for (var n = 0; n < 5; n++)
        {
            await AskAsync(plan, "\"Go?\"");
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await (await client.GetAsync($"/api/v1/approvals?plan={plan}&limit=2{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}")).JsonAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        seen.Distinct().Count().ShouldBe(5);
        seen.Count.ShouldBe(5);
        await (await client.GetAsync($"/api/v1/approvals?plan=other&limit=2&cursor=nonsense")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "cursor.invalid");
        await (await client.GetAsync("/api/v1/approvals?status=maybe")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        await (await client.GetAsync("/api/v1/approvals/none:such")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "approval.not_found");
    }

    [Fact]
    public async Task a_rejection_ends_the_step_and_leaves_the_inbox()
    {
        var plan = Unique("no");
        var id = await AskAsync(plan, "\"Go?\"");
        var waiting = (await InboxAsync("plan=" + plan)).Single();

        var rejected = await VoteAsync(waiting.GetProperty("reject").GetString()!, """{"by": "ana", "reason": "not now"}""");

        rejected.GetProperty("status").GetString().ShouldBe("rejected");
        (await client.EndAsync(id)).GetProperty("error").GetProperty("code").GetString().ShouldBe("approval.rejected");
        await (await client.PostJsonAsync(waiting.GetProperty("approve").GetString()!, "{}")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "approval.decided");
    }

    [Fact]
    public async Task a_cancelled_workflow_asks_nobody_any_more()
    {
        var plan = Unique("gone");
        var id = await AskAsync(plan, "\"Go?\"");
        (await client.PostJsonAsync($"/api/v1/workflows/{id}/cancel", "{}")).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await InboxAsync("plan=" + plan)).ShouldBeEmpty();
        var withdrawn = (await InboxAsync($"plan={plan}&status=withdrawn")).Single();
        await (await client.PostJsonAsync(withdrawn.GetProperty("approve").GetString()!, "{}")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "step.not_waiting");
    }

    [Fact]
    public async Task who_shows_an_operators_key_is_that_operator_and_a_wrong_key_is_refused()
    {
        const string Key = "correct-horse-battery-staple";
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        await using var door = await ApiServer.StartAsync(("Operators:KeyHashes:ana", hash));
        var asked = new Approval(new("w1"), new("read"), "p", null, "?", [], 1, 1, ApprovalStatus.Waiting, DateTimeOffset.UnixEpoch, null, null, null, [], null);
        door.Grain<IWorkflowIndexGrain>(IWorkflowIndexGrain.Key).FindApprovalAsync(new("w1"), new("read"), Arg.Any<CancellationToken>()).Returns(asked);
        var workflow = door.Grain<IWorkflowGrain>("w1");
        workflow.DecideApprovalAsync(Arg.Any<DecideApproval>(), Arg.Any<CancellationToken>()).Returns(new CommandReply(WorkflowStatus.Running, 2));

        (await door.Client.PostJsonAsync("/api/v1/approvals/w1:read/approve", """{"by": "ben"}""", ("Authorization", "Bearer " + Key))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await workflow.Received().DecideApprovalAsync(new DecideApproval(new("read"), true, "ana", null, Claimed: false), Arg.Any<CancellationToken>());

        (await door.Client.PostJsonAsync("/api/v1/approvals/w1:read/reject", """{"by": "ben"}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await workflow.Received().DecideApprovalAsync(new DecideApproval(new("read"), false, "ben", null, Claimed: true), Arg.Any<CancellationToken>());

        workflow.ClearReceivedCalls();
        foreach (var (path, body) in ((string, string)[])[("approvals/w1:read/approve", "{}"), ("workflows/w1/approvals/read", """{"decision": "approve"}""")])
        {
            await (await door.Client.PostJsonAsync("/api/v1/" + path, body, ("Authorization", "Bearer wrong"))).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "operator.unknown");
        }

        workflow.ReceivedCalls().ShouldBeEmpty();
    }

    private static string Unique(string name) => name + "-of-the-inbox";

    private async Task<string> AskAsync(string plan, string approval)
    {
        var id = await client.StartAsync(
            $$$"""{"id": "{{{plan}}}", "steps": [{"id": "read", "subPlan": {"id": "inner", "steps": [{"id": "it", "approval": {{{approval}}} }]}}]}""");
        await client.UntilAsync(id, "step.waiting");
        return id;
    }

    private async Task<JsonElement[]> InboxAsync(string query) =>
        [.. (await (await client.GetAsync("/api/v1/approvals?" + query)).JsonAsync()).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> VoteAsync(string path, string body)
    {
        var response = await client.PostJsonAsync(path, body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.JsonAsync();
    }
}
