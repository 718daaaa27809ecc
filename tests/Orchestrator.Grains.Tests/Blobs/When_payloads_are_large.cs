using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Blobs;
using Orchestrator.Grains.Tests.Agents;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Grains.Tests.Blobs;

public sealed partial class When_payloads_are_large : IDisposable
{
    private const int Inline = 2_000;

    private static readonly Payload Large = Payload.From(new { text = new string('x', 3 * BlobTransfer.PartBytes) });

    private readonly AgentWorld world = new(
        1, services => services.Configure<BlobOptions>(options => (options.InlineBytesMax, options.OpenBytesMax) = (Inline, 1_000_000)), AgentWorld.Agent("writer"), AgentWorld.Agent("reader"));

    public void Dispose() => world.Dispose();

    [Fact]
    public void an_answer_goes_into_the_journal_as_a_link_and_to_the_next_agent_as_itself()
    {
        world.Answer = request => AgentAnswer.Ok(request.Agent == "writer" ? Large : Payload.From(request.Input.Length));
        var workflow = Start("""{"all": "${{ steps.write.output }}", "size": "${{ steps.write.output.bytes }}"}""");

        world.Finish(workflow).Status.ShouldBe(WorkflowStatus.Completed);

        var kept = world.History(workflow).OfType<StepCompleted>().First().Output;
        var link = BlobLink.Of(kept).ShouldNotBeNull();
        (link.Bytes, link.ContentType).ShouldBe((Large.Length, "application/json"));
        world.Blobs.Uses(workflow, link.Digest).ShouldBeTrue();
        world.History(workflow).OfType<StepStarted>().Count().ShouldBe(2);
        world.Calls[1].Input.ToString().ShouldBe($$"""{"all":{{Large}},"size":{{Large.Length}}}""");
        Journaled(workflow).ShouldBeLessThan(10 * Inline);
    }

    [Fact]
    public void text_is_opened_as_a_text_and_what_is_neither_stays_a_link()
    {
        world.Answer = request => AgentAnswer.Ok(Payload.From(1));
        var text = Put("Grüße \"an\" alle", "text/markdown; charset=utf-8");
        var (pdf, broken, latin) = (Put("%PDF", "application/pdf"), Put("{", "application/json"), Put("x", "text/plain; charset=iso-8859-1"));

        var workflow = Start("1", input: Json($$"""[{{text}},{{pdf}},{{broken}},{{latin}}]"""), first: "${{ input }}");

        world.Finish(workflow).Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls[0].Input.ToString().ShouldBe($$"""[{{Payload.From("Grüße \"an\" alle")}},{{pdf}},{{broken}},{{latin}}]""");
    }

    [Fact]
    public void who_looks_into_a_link_is_told_so()
    {
        world.Answer = _ => AgentAnswer.Ok(Large);
        var workflow = Start("${{ steps.write.output.text }}");

        var ended = world.Finish(workflow);
        ended.Status.ShouldBe(WorkflowStatus.Failed);
        ended.Failure!.Message.ShouldContain(FormattableString.Invariant($"it looks into a link to a blob of {Large.Length:N0} bytes, whose content is not in the journal"));
    }

    [Fact]
    public void more_than_may_be_opened_fails_the_step_before_its_agent_is_called()
    {
        var link = Put(new string('x', 1_000_001), "text/plain");
        var workflow = Start("1", input: Json($$"""{"doc": {{link}}}"""), first: "${{ input }}");

        world.Finish(workflow).Failure!.Code.ShouldBe("blob.too_large");
        world.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void a_store_that_is_away_is_waited_for_and_the_agent_is_not_called_again()
    {
        var refusals = 3;
        world.Blobs.BeforeWrite = () =>
        {
            if (refusals-- > 0)
            {
                throw new StorageUnavailableException("The store is away.", full: false);
            }
        };
        world.Answer = request => AgentAnswer.Ok(request.Agent == "writer" ? Large : Payload.From(1));
        var workflow = Start("1");

        world.Finish(workflow).Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls.Count(call => call.Agent == "writer").ShouldBe(1);
        refusals.ShouldBeLessThan(0);
    }

    [Fact]
    public void a_link_that_a_plan_puts_together_is_used_by_its_workflow()
    {
        world.Answer = _ => AgentAnswer.Ok(Payload.From(1));
        var digest = BlobLink.Of(Json(Put("here", "text/plain")))!.Digest;

        var workflow = Start("1", input: Payload.From(new { name = digest.Value }), first: """{"$blob": "${{ input.name }}"}""");

        world.Finish(workflow).Status.ShouldBe(WorkflowStatus.Completed);
        world.Calls[0].Input.ToString().ShouldBe("\"here\"");
        world.Blobs.Uses(workflow, digest).ShouldBeTrue();
    }

    /// <summary>A step that writes, and one that reads <paramref name="second"/>.</summary>
    private WorkflowId Start(string second, Payload? input = null, string first = "1")
    {
        var workflow = new WorkflowId("large");
        var plan = new Plan("large", [new Step("write", "writer", "do", Template(first)), new Step("read", "reader", "do", Template(second), ["write"])]);
        var reply = world.Do(() => world.Grains.Workflow(workflow).StartAsync(
            new StartWorkflow(plan, input ?? Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty, "large")));
        reply.Refusal.ShouldBeNull();
        return workflow;
    }

    private string Put(string content, string type) => world.Do(async () =>
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        return (await world.Grains.Blobs().PutAsync("up-" + type[..8] + content.Length, stream, type, CancellationToken.None)).Link!.ToPayload().ToString();
    });

    private int Journaled(WorkflowId workflow) => world.Journal.History(workflow).Sum(entry => System.Text.Json.JsonSerializer.Serialize(entry.Event, Vocabulary.VocabularyJson.Types.WorkflowEvent).Length);

    private static Payload Template(string text) => text.StartsWith('{') || text == "1" ? Json(text) : Payload.From(text);

    private static Payload Json(string text) => Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(text));
}
