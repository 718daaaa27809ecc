using System.Globalization;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Simulation.Checks;

/// <summary>Follows one workflow's events as they are kept, and holds each against the plan that a person asked for.</summary>
internal sealed class WorkflowChecker(WorkflowId id, Plan plan, WorkflowPolicy policy, Func<long, ProcessFate>? fateOf = null)
{
    private readonly Dictionary<string, StepFacts> steps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> scopes = new(StringComparer.Ordinal);
    private readonly HashSet<string> settled = new(StringComparer.Ordinal);
    private readonly HashSet<string> undoing = new(StringComparer.Ordinal);
    private DateTimeOffset last;
    private bool ended;

    public WorkflowId Id => id;

    /// <summary>What the events add up to, by the code of the product.</summary>
    public WorkflowState State { get; private set; } = new(id);

    /// <summary>Nothing but a person moves it on.</summary>
    public bool WaitsForPerson => !State.IsFinal && State.CallsOut == 0 && State.NextDue is null;

    /// <summary>The silo that kept the last event.</summary>
    public string LastWriter { get; set; } = "";

    public StepFacts? Facts(string step) => steps.GetValueOrDefault(step);

    public string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"{id} {State.Status} at {State.Version}, calls out {State.CallsOut}, due {State.NextDue:HH:mm:ss.fff}, open: {string.Join(", ", State.Steps.Values.Where(step => !step.IsFinal).Select(step => $"{step.Path} {step.Status}").Order(StringComparer.Ordinal))}");

    /// <summary>Checks an append that has just been kept.</summary>
    public void Kept(JournalAppend append, DateTimeOffset now)
    {
        foreach (var entry in append.Entries)
        {
            Demand(entry.Number == State.Version + 1, "I5", $"event {entry.Number} follows event {State.Version}");
            Demand(entry.At <= now, "I9", $"event {entry.Number} says it happened at {entry.At:O}, and it is {now:O}");
            Demand(entry.At >= last, "I5", $"event {entry.Number} happened before the one before it");
            Demand(!ended || entry.Event is LateAnswerKept, "I4", $"{entry.Event.GetType().Name} happened after the end");
            last = entry.At;
            Check(entry.Event, entry.At);
            State = WorkflowEvolution.Evolve(State, entry, policy);
        }

        foreach (var vote in append.Entries.Select(entry => entry.Event).OfType<ApprovalVoted>())
        {
            Demand(FactsOf(vote.Step).Approval?.IsOwed != true, "I20", $"enough persons have decided on '{vote.Step}', and it was left open");
        }

        CheckRow(append.Summary);
    }

    /// <summary>Compares the row with what the events add up to, and asks who will wake the workflow.</summary>
    public void CheckRow(WorkflowSummary row)
    {
        var replayed = WorkflowSummaries.Of(State, row.Epoch, policy) with { Tags = row.Tags };
        Demand(replayed == row, "I5", $"its row is {row}, and its events add up to {replayed}");
        Demand(row.StepsDone <= row.StepsKnown, "I5", $"its row counts {row.StepsDone} of {row.StepsKnown} steps as done");
        var wakerNamed = State.IsFinal || row.DueAt is not null || State.Paused
            || State.Waits.Values.Any(wait => wait.Kind is WaitKind.Approval or WaitKind.Signal);
        Demand(wakerNamed, "I10", $"nobody is named who wakes it: {Describe()}");
    }

    // Only what was lost has crashed, and who runs is not to be robbed of what it owes.
    private void CheckCrashes(StepRepeated e, StepFacts step)
    {
        var fate = fateOf?.Invoke(step.Epoch) ?? ProcessFate.Lost;
        Demand(fate != ProcessFate.Running, "I17", $"attempt {e.Attempt} of '{e.Step}' was taken from process {step.Epoch}, which runs");
        Demand(e.Crashes == step.Crashes + (fate == ProcessFate.Lost ? 1 : 0), "I17",
            $"attempt {e.Attempt} of '{e.Step}' has seen {e.Crashes} crashes after {step.Crashes}, and process {step.Epoch} has {fate}");
        (step.Epoch, step.Crashes) = (e.Epoch, e.Crashes);
    }

    private void Check(WorkflowEvent happened, DateTimeOffset at)
    {
        switch (happened)
        {
            case WorkflowAccepted:
                scopes.Add("", at);
                break;
            case StepStarted e:
                Started(e, at);
                break;
            case StepRepeated e:
                var repeated = Open(e.Step);
                Demand(repeated.Deferred is null, "I8", $"attempt {e.Attempt} of '{e.Step}' was repeated, and its agent had taken it on");
                Demand(repeated.IsOut && repeated.Attempt == e.Attempt, "I8", $"attempt {e.Attempt} of '{e.Step}' was repeated, and is not the one that is out");
                repeated.CountsFrom = at;
                CheckCrashes(e, repeated);
                break;
            case StepWaiting e:
                Open(e.Step).Wait = e.Wait;
                if (e.Wait.Kind == WaitKind.Approval)
                {
                    Open(e.Step).Approval = new ApprovalFacts(PlanPlace.Of(plan, e.Step.Value).Definition.Approval!, e.Wait.Since);
                }

                break;
            case ApprovalVoted e:
                Approve(e.Step, asked => asked.Voted(e.By, e.Approved));
                break;
            case ApprovalDecided e:
                Approve(e.Step, asked => asked.Concluded(e.By, e.Approved));
                break;
            case ApprovalEscalated e:
                Approve(e.Step, asked => asked.Escalated(at));
                break;
            case ApprovalExpired e:
                Approve(e.Step, asked => asked.Expired(at, e.Then));
                break;
            case StepWaitEnded e:
                (Open(e.Step).Wait, Open(e.Step).CountsFrom) = (null, at);
                break;
            case AttemptDeferred e:
                var deferred = Open(e.Step);
                Demand(deferred.IsOut && deferred.Attempt == e.Attempt, "I3", $"attempt {e.Attempt} of '{e.Step}' was taken on, and is not the one that is out");
                deferred.Deferred = e.Until;
                break;
            case HeartbeatReceived e:
                var heard = Open(e.Step);
                Demand(heard.Deferred is not null && heard.Attempt == e.Attempt, "I3", $"attempt {e.Attempt} of '{e.Step}' was heard of, and nobody had taken it on");
                Demand(at < heard.Deferred && e.Until >= heard.Deferred, "I9", $"attempt {e.Attempt} of '{e.Step}' was heard of at {at:O}, and its deadline moved from {heard.Deferred:O} to {e.Until:O}");
                (heard.Deferred, heard.CountsFrom) = (e.Until, at);
                break;
            case ItemsExpanded e:
                MayBegin(e.Step);
                FactsOf(e.Step);
                break;
            case AttemptFailed e:
                Failed(e, at);
                break;
            case RetryScheduled e:
                Scheduled(e, at);
                break;
            case StepRetriedByHand e:
                var byHand = Open(e.Step);
                Demand(e.Generation == byHand.Generation + 1, "I8", $"generation {e.Generation} of '{e.Step}' follows generation {byHand.Generation}");
                byHand.RetriedByHand = true;
                break;
            case StepCompleted e:
                Completed(e, at);
                break;
            case StepFailed e:
                Finish(e.Step, StepStatus.Failed, at);
                break;
            case StepTimedOut e:
                TimedOut(e.Failure, at);
                Finish(e.Step, StepStatus.TimedOut, at);
                break;
            case StepSkipped e:
                MayBegin(e.Step);
                Finish(e.Step, StepStatus.Skipped, at);
                break;
            case StepCancelled e:
                Finish(e.Step, StepStatus.Cancelled, at);
                break;
            case StepCompensated e:
                Demand(FactsOf(e.Step).Final == StepStatus.Completed, "I3", $"'{e.Step}' was undone, and it was {FactsOf(e.Step).Final}");
                FactsOf(e.Step).Final = StepStatus.Compensated;
                break;
            case LateAnswerKept e:
                Demand(FactsOf(e.Step).Begun.Contains((e.Generation, e.Attempt)), "I3", $"a late answer of '{e.Step}' names attempt {e.Attempt} of generation {e.Generation}, which never began");
                break;
            case CompensationStarted e:
                undoing.Add(e.Scope.Value);
                break;
            case ScopeStarted e:
                Demand(scopes.TryAdd(e.Scope.Value, at), "I3", $"the plan at '{e.Scope}' began twice");
                break;
            case ScopeSettled e:
                Demand(settled.Add(e.Scope.Value), "I3", $"the plan at '{e.Scope}' ended twice");
                TimedOut(e.Failure, at);
                break;
            case WorkflowTimedOut e:
                TimedOut(e.Failure, at);
                ended = true;
                break;
            case WorkflowCompleted or WorkflowFailed or WorkflowCancelled:
                ended = true;
                break;
        }
    }

    private void Started(StepStarted e, DateTimeOffset at)
    {
        var place = PlanPlace.Of(plan, e.Step.Value);
        var facts = Open(e.Step);
        if (facts.Begun.Count == 0)
        {
            MayBegin(e.Step);
        }

        Demand(!facts.IsOut, "I3", $"attempt {e.Attempt} of '{e.Step}' began while attempt {facts.Attempt} was out");
        (facts.Epoch, facts.Crashes, facts.Deferred) = (e.Epoch, 0, null);
        Demand(facts.Begun.Add((e.Generation, e.Attempt)), "I3", $"attempt {e.Attempt} of '{e.Step}' began twice");
        Demand(e.Attempt <= place.AttemptsMax, "I8", $"attempt {e.Attempt} of '{e.Step}' began, and its plan allows {place.AttemptsMax}");
        if (facts.RetriedByHand)
        {
            Demand(e.Attempt == 1 && e.Generation == facts.Generation + 1, "I8", $"'{e.Step}' was retried by hand and began with attempt {e.Attempt} of generation {e.Generation}");
        }
        else if (e.Attempt > 1)
        {
            Demand(facts.Scheduled is { } scheduled && scheduled.Attempt == e.Attempt, "I8", $"attempt {e.Attempt} of '{e.Step}' began and was not scheduled");
            Demand(at >= facts.Scheduled!.Value.Due, "I9", $"attempt {e.Attempt} of '{e.Step}' began at {at:O}, before it was due at {facts.Scheduled.Value.Due:O}");
        }

        (facts.Generation, facts.Attempt, facts.CountsFrom, facts.Wait, facts.Scheduled, facts.RetriedByHand) = (e.Generation, e.Attempt, at, null, null, false);
        facts.IsOut = place.Definition.Kind == StepKind.Call;
    }

    private void Failed(AttemptFailed e, DateTimeOffset at)
    {
        var facts = Open(e.Step);
        Demand(facts.IsOut && facts.Attempt == e.Attempt, "I3", $"attempt {e.Attempt} of '{e.Step}' failed, and is not the one that is out");
        if (e.Failure.Code == FailureCodes.StepTimedOut)
        {
            var timeout = PlanPlace.Of(plan, e.Step.Value).Definition.Timeout ?? policy.StepTimeout;
            Demand(at >= facts.CountsFrom + timeout, "I9", $"attempt {e.Attempt} of '{e.Step}' timed out after {at - facts.CountsFrom}, and has {timeout}");
        }

        Demand(e.Failure.Code != FailureCodes.StepTimedOut || facts.Deferred is null || at >= facts.Deferred, "I9", $"attempt {e.Attempt} of '{e.Step}' timed out at {at:O}, and its agent had until {facts.Deferred:O}");
        (facts.IsOut, facts.Deferred) = (false, null);
    }

    private void Scheduled(RetryScheduled e, DateTimeOffset at)
    {
        var facts = Open(e.Step);
        var retry = PlanPlace.Of(plan, e.Step.Value).Definition.Retry;
        Demand(retry is not null && e.Attempt == facts.Attempt + 1 && e.Attempt <= retry.MaxAttempts, "I8", $"attempt {e.Attempt} of '{e.Step}' was scheduled after attempt {facts.Attempt}");
        var least = retry!.InitialInterval * retry.Backoff switch
        {
            Backoff.Linear => facts.Attempt,
            Backoff.Exponential => Math.Pow(retry.Coefficient, facts.Attempt - 1),
            _ => 1,
        };
        least = retry.MaxInterval is { } most && most < least ? most : least;
        Demand(e.Due - at >= least - TimeSpan.FromTicks(1), "I8", $"'{e.Step}' rests {e.Due - at} after attempt {facts.Attempt}, and has to rest {least}");
        facts.Scheduled = (e.Attempt, e.Due);
    }

    private void Completed(StepCompleted e, DateTimeOffset at)
    {
        var place = PlanPlace.Of(plan, e.Step.Value);
        var facts = FactsOf(e.Step);
        if (e.Attempt == 0)
        {
            MayBegin(e.Step);
        }
        else if (scopes.ContainsKey(e.Step.Child(StepPath.StepFallback).Value))
        {
            Demand(settled.Contains(e.Step.Child(StepPath.StepFallback).Value), "I3", $"'{e.Step}' completed while something else ran in its place");
        }
        else if (place.Definition.Kind == StepKind.Approval && !place.IsFanOut)
        {
            Demand(facts.Approval?.Decided == true, "I20", $"'{e.Step}' completed, and was not approved");
        }
        else if (place.Definition.Kind == StepKind.Sleep && !place.IsFanOut)
        {
            Demand(facts.Wait?.Until is { } until && at >= until, "I9", $"'{e.Step}' slept until {at:O}, and was to sleep until {facts.Wait?.Until:O}");
        }
        else if (place.Definition.Kind == StepKind.Call && !place.IsFanOut && facts.IsOut)
        {
            var expected = string.Create(CultureInfo.InvariantCulture, $$"""{"key":"{{KeyOf(e.Step.Value, facts.Generation)}}","attempt":{{facts.Attempt}}}""");
            Demand(e.Attempt == facts.Attempt && e.Output.ToString() == expected, "I3",
                $"attempt {facts.Attempt} of generation {facts.Generation} of '{e.Step}' is out, and was completed as attempt {e.Attempt} with {e.Output}");
        }

        Finish(e.Step, StepStatus.Completed, at);
    }

    public string KeyOf(string step, int generation) => string.Create(CultureInfo.InvariantCulture, $"{id}:{step}:{generation}");

    private void Approve(StepPath step, Func<ApprovalFacts, string?> what)
    {
        Demand(Open(step).Approval is not null, "I20", $"somebody decided on '{step}', and nobody was asked");
        var wrong = what(Open(step).Approval!);
        Demand(wrong is null, "I20", $"of the approval of '{step}': {wrong}");
    }

    private void TimedOut(StepFailure? failure, DateTimeOffset at)
    {
        if (failure?.Code == FailureCodes.PlanTimedOut)
        {
            Demand(scopes.Any(scope => PlanPlace.ScopeAt(plan, scope.Key).Timeout is { } timeout && at >= scope.Value + timeout), "I9", "a plan timed out, and no plan of it had run as long as it may");
        }
    }

    private void MayBegin(StepPath step)
    {
        var place = PlanPlace.Of(plan, step.Value);
        if (place.Undoes)
        {
            Demand(undoing.Any(scope => scope.Length == 0 || step.Value.StartsWith(scope + "/", StringComparison.Ordinal)), "I6", $"'{step}' began, and no plan around it undoes what it did");
            Demand(steps.GetValueOrDefault(step.Parent.Value)?.Final == StepStatus.Completed, "I6", $"'{step}' began, and '{step.Parent}' had not completed");
            return;
        }

        Demand(scopes.ContainsKey(place.Scope) && !settled.Contains(place.Scope), "I6", $"'{step}' began, and its plan at '{place.Scope}' is not open");
        foreach (var dependency in place.Dependencies)
        {
            var done = steps.GetValueOrDefault(dependency)?.Final ?? StepStatus.None;
            var goesOn = done is StepStatus.Failed or StepStatus.TimedOut && PlanPlace.Of(plan, dependency).Definition.OnFailure == OnFailure.Continue;
            Demand(done is StepStatus.Completed or StepStatus.Skipped || goesOn, "I6", $"'{step}' began, and '{dependency}' before it is {done}");
        }
    }

    private StepFacts FactsOf(StepPath step) => steps.TryGetValue(step.Value, out var facts) ? facts : steps[step.Value] = new StepFacts();

    private StepFacts Open(StepPath step)
    {
        var facts = FactsOf(step);
        Demand(facts.Final == StepStatus.None, "I3", $"something happened to '{step}' after it was {facts.Final}");
        return facts;
    }

    private void Finish(StepPath step, StepStatus status, DateTimeOffset at)
    {
        var facts = Open(step);
        (facts.Final, facts.FinalAt, facts.IsOut, facts.Wait) = (status, at, false, null);
    }

    private void Demand(bool holds, string invariant, string found)
    {
        if (!holds)
        {
            throw new InvariantBrokenException(invariant, $"In workflow {id}, {found}.");
        }
    }
}
