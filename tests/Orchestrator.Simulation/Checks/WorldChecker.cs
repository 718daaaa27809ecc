using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Workflows;
using Orchestrator.Simulation.Agents;
using Orchestrator.Simulation.People;
using Orchestrator.Simulation.Worlds;
using Orchestrator.Testing.Journals;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Checks;

/// <summary>Watches a world from outside: what people were promised, what the store keeps, what agents see.</summary>
/// <remarks>
/// The first thing that breaks is remembered and thrown after the step in which it broke: code that is checked runs around these calls, and what
/// they threw there it might catch.
/// </remarks>
internal sealed class WorldChecker(TimeProvider clock, InMemoryJournal journal, WorkflowPolicy policy) : IAgentWitness
{
    private readonly Dictionary<WorkflowId, WorkflowChecker> workflows = [];
    private readonly SortedDictionary<string, WorkflowChecker> unfinished = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StartWorkflow> requests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WorkflowId> startedBy = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> callsAt = new(StringComparer.Ordinal);
    private ExceptionDispatchInfo? broken;

    /// <summary>No message and no answer of the store is lost, doubled or late in this world, so that agents must not be called for what is over.</summary>
    public bool WhatIsOverIsToldAtOnce { get; set; }

    /// <summary>No agent's grain is doubled in this world, and no renewal of a lease is lost or late, so that its limits have to hold at the agent, whichever silo is lost.</summary>
    public bool AgentsKeepTheirDesks { get; set; }

    /// <summary>Commands that were answered with a yes.</summary>
    public int Acknowledged { get; private set; }

    public IEnumerable<WorkflowChecker> Workflows => workflows.Values;

    public IEnumerable<WorkflowChecker> Unfinished => unfinished.Values;

    public void ThrowIfBroken() => broken?.Throw();

    /// <summary>A person is about to ask for this.</summary>
    public void Requested(string key, StartWorkflow request) => requests.Add(key, request);

    /// <summary>An append has just been kept.</summary>
    public void Kept(JournalAppend append, string silo) => Guard(() =>
    {
        if (append.Entries[0].Event is WorkflowAccepted accepted && append.ExpectedVersion == 0)
        {
            Begin(append.Workflow, accepted);
        }

        var workflow = Of(append.Workflow);
        workflow.LastWriter = silo;
        try
        {
            workflow.Kept(append, clock.GetUtcNow());
        }
        catch (InvalidOperationException impossible)
        {
            throw new InvariantBrokenException("I5", $"The events of workflow {append.Workflow}, last written by {silo}, cannot be read back: {impossible.Message}");
        }

        if (workflow.State.IsFinal)
        {
            unfinished.Remove(append.Workflow.Value);
        }
    });

    public void StartAcknowledged(string key, WorkflowId id) => Guard(() =>
    {
        Acknowledged++;
        Demand(!journal.History(id).IsEmpty, "I1", $"the start of workflow {id} was acknowledged, and the store has nothing of it");
        Demand(startedBy.TryGetValue(key, out var started) && started == id, "I2", $"the key '{key}' was answered with workflow {id}, and has started {started}");
    });

    public void CommandAcknowledged(WorkflowId id, CommandReply reply, Func<WorkflowState, bool> kept, string what) => Guard(() =>
    {
        Acknowledged++;
        var workflow = Of(id);
        Demand(reply.Version <= workflow.State.Version, "I1", $"the {what} of workflow {id} was acknowledged at version {reply.Version}, and the store has {workflow.State.Version}");
        Demand(kept(workflow.State), "I1", $"the {what} of workflow {id} was acknowledged, and the store does not have it");
    });

    public void Called(AgentCall call) => Guard(() =>
    {
        var limit = RandomPlans.Agents.First(agent => agent.Name == call.Agent).Concurrency;
        var under = callsAt[call.Agent] = callsAt.GetValueOrDefault(call.Agent) + 1;
        Demand(!AgentsKeepTheirDesks || under <= limit, "I13", $"agent {call.Agent} sees {under} calls at a time and takes {limit}");
        Demand(workflows.TryGetValue(new WorkflowId(call.Workflow), out var workflow), "I12", $"agent {call.Agent} was called for workflow {call.Workflow}, which the store does not have");
        var facts = workflow!.Facts(call.Step);
        var generation = int.TryParse(call.Key[(call.Key.LastIndexOf(':') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : -1;
        Demand(call.Key == workflow.KeyOf(call.Step, generation), "I12", $"step '{call.Step}' of workflow {call.Workflow} was called with the key '{call.Key}'");
        Demand(facts is not null && facts.Begun.Contains((generation, call.Attempt)), "I12",
            $"agent {call.Agent} was called for attempt {call.Attempt} of '{call.Step}' of workflow {call.Workflow} with the key '{call.Key}', and the store does not say that it began");

        // The word that it is over and the call may cross, which takes no time here.
        Demand(!WhatIsOverIsToldAtOnce || !(workflow.State.FinishedAt < call.At), "I7", $"agent {call.Agent} was called for '{call.Step}' of workflow {call.Workflow} after its end");
        Demand(!WhatIsOverIsToldAtOnce || facts!.Final == default || facts.FinalAt == call.At, "I12", $"agent {call.Agent} was called for '{call.Step}' of workflow {call.Workflow} after it was {facts!.Final}");
    });

    public void Ended(AgentCall call) => callsAt[call.Agent]--;

    /// <summary>Reads one workflow again from the beginning: the store, its row and the grain have to agree.</summary>
    public void Audit(WorkflowChecker workflow, ImmutableArray<JournalEntry> history, WorkflowView? view) => Guard(() =>
    {
        Demand(history.Length == workflow.State.Version, "I1", $"workflow {workflow.Id} had {workflow.State.Version} events, and has {history.Length}");
        var replayed = history.Aggregate(new WorkflowState(workflow.Id), (state, entry) => WorkflowEvolution.Evolve(state, entry, policy));
        Demand(Render(WorkflowViews.Of(replayed)) == Render(WorkflowViews.Of(workflow.State)), "I5", $"workflow {workflow.Id} replays as something else than it was");
        Demand(Render(view) == Render(WorkflowViews.Of(replayed)), "I5", $"workflow {workflow.Id} shows {Render(view)}, and its events add up to {Render(WorkflowViews.Of(replayed))}");

        // An answer that came after the end changes nothing, so a grain need not have heard that another activation has kept one.
        Demand(view?.Version == replayed.Version || replayed.IsFinal, "I5", $"workflow {workflow.Id} shows version {view?.Version}, and has {replayed.Version}");
        workflow.CheckRow(journal.Rows().Single(row => row.Id == workflow.Id));
    });

    private void Begin(WorkflowId id, WorkflowAccepted accepted)
    {
        var key = accepted.Tags["key"];
        Demand(startedBy.TryAdd(key, id), "I2", $"the key '{key}' has started workflow {startedBy.GetValueOrDefault(key)} and now {id}");
        var workflow = new WorkflowChecker(id, requests[key].Plan, policy, journal.FateOf);
        workflows.Add(id, workflow);
        unfinished.Add(id.Value, workflow);
    }

    private WorkflowChecker Of(WorkflowId id) =>
        workflows.TryGetValue(id, out var found) ? found : throw new InvariantBrokenException("I1", $"Workflow {id} changed and had never begun.");

    private static string Render(WorkflowView? view) => view is null ? "nothing" : string.Create(CultureInfo.InvariantCulture,
        $"{view.Status} {view.Progress} {view.Output} {view.Failure} {view.UpdatedAt:O}: {string.Join(", ", view.Steps.Select(step => $"{step.Path} {step.Status} {step.Generation}.{step.Attempts} {step.Output} {step.Failure?.Code}"))}");

    private void Guard(Action check)
    {
        if (broken is not null)
        {
            return;
        }

        try
        {
            check();
        }
        catch (Exception first)
        {
            broken = ExceptionDispatchInfo.Capture(first);
        }
    }

    private static void Demand(bool holds, string invariant, string found)
    {
        if (!holds)
        {
            throw new InvariantBrokenException(invariant, char.ToUpperInvariant(found[0]) + found[1..] + ".");
        }
    }
}
