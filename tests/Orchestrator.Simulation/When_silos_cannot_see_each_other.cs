using System.Collections.Immutable;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Grains;
using Orchestrator.Grains.Workflows;
using Orchestrator.Simulation.Worlds;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation;

public sealed class When_silos_cannot_see_each_other
{
    private static readonly WorkflowId Id = new("w");
    private static readonly Plan Plan = new("ask", [new Step("ask", Approval: new ApprovalRequest("May it?")), new Step("do", "alpha", "do", Dependencies: ["ask"])]);
    private static readonly StartWorkflow Request = new(Plan, Payload.EmptyObject, 3, ImmutableSortedDictionary<string, string>.Empty.Add("key", "k"), "f", "k");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void two_people_may_decide_and_one_decision_is_taken(ulong seed)
    {
        using var world = SimulatedWorld.From(seed, new WorldOptions { Trouble = Trouble.None, Silos = 2 });
        world.Checker.Requested("k", Request);
        world.Run(() => world.Client.Workflow(Id).StartAsync(Request));

        world.Cut(world.Silos[1]);
        var answers = world.Silos.Select((silo, side) => DecideAsync(world, silo, approved: side == 0)).ToList();
        world.RunUntil(() => answers.TrueForAll(answer => answer.IsCompleted), TimeSpan.FromMinutes(10));
        world.Heal();
        world.RunUntil(() => !world.Checker.Unfinished.Any(), TimeSpan.FromMinutes(10));
        world.Audit();

        answers.Count(answer => answer.Result.Refusal is null).ShouldBe(1);
        answers.Select(answer => answer.Result.Refusal?.Code).OfType<string>().ShouldBeSubsetOf([RefusalCodes.ApprovalDecided, RefusalCodes.Finished]);
        world.Journal.History(Id).Count(entry => entry.Event is ApprovalDecided).ShouldBe(1);
    }

    // Asked from inside the silo, as by an API host in it, until somebody answers.
    private static async Task<CommandReply> DecideAsync(SimulatedWorld world, SimulatedSilo silo, bool approved)
    {
        CommandReply? reply = null;
        await silo.Start(async () =>
        {
            while (reply is null)
            {
                try
                {
                    reply = await silo.Client.Workflow(Id).DecideApprovalAsync(new DecideApproval(new("ask"), approved, silo.Name));
                }
                catch (Exception)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), world.Clock);
                }
            }
        });
        return reply!;
    }
}
