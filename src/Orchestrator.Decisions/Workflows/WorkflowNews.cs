using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Topics;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Decisions.Workflows;

/// <summary>Which of the newest events the world is told of, and in what words. Pure: the same event is the same news, under the same id, however often it is told.</summary>
public static class WorkflowNews
{
    /// <summary>The topic that carries them.</summary>
    public static TopicName Topic { get; } = new("workflows");

    /// <summary>The topic of callbacks that are owed. It names workflows; where their callbacks go stands in them.</summary>
    public static TopicName Callbacks { get; } = new("callbacks");

    /// <summary>The topic of what agents say: their insights, and their failures.</summary>
    public static TopicName Agents { get; } = new("agents");

    /// <summary>The topic of each step's beginning and end, where they are told.</summary>
    public static TopicName Steps { get; } = new("steps");

    /// <summary>The type of those events.</summary>
    public const string CallbackOwed = "callback.owed";

    public const string PlanFallback = "plan:fallback";
    public const string StepStartedType = "step:started";
    public const string StepCompletedType = "step:completed";
    public const string StepFailedType = "step:failed";
    public const string AgentError = "agent:error";

    /// <summary>The tag of a workflow that an event has started: how many subscriptions stand between it and somebody who asked.</summary>
    public const string HopsTag = "event-hops";

    /// <summary>The same, as an attribute of what such a workflow tells.</summary>
    public const string HopsAttribute = "hops";

    /// <summary>The most bytes of a result that news carry; a larger one is left out and stands in the workflow.</summary>
    public const int ResultBytesMax = 1_024;

    private const string AgentsSource = "/api/v1/agents/";

    private static readonly ImmutableSortedDictionary<string, string> Plain = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Where an event is told.</summary>
    public static TopicName TopicOf(CloudEvent news) => news.Type switch
    {
        CallbackOwed => Callbacks,
        StepStartedType or StepCompletedType or StepFailedType => Steps,
        _ => news.Source.StartsWith(AgentsSource, StringComparison.Ordinal) ? Agents : Topic,
    };

    /// <summary>That it was accepted, that a person is waited for, that its plan fell back, and how it ended; what agents say; and that somebody is to be called back.</summary>
    /// <param name="all">Without it, only that somebody is to be called back.</param>
    /// <param name="steps">Also the beginning and the end of each call.</param>
    public static ImmutableArray<CloudEvent> In(WorkflowState state, ImmutableArray<JournalEntry> entries, bool all, bool steps = false)
    {
        ImmutableArray<CloudEvent>.Builder? found = null;
        foreach (var entry in entries)
        {
            if (all && TypeOf(entry.Event) is { } type)
            {
                Add(Event(type, state, entry, Tell(state, entry)));
            }

            if (all && SaidOf(state, entry.Event) is { } speaker)
            {
                AgentNews.In(state, entry, speaker).ForEach(Add);
            }

            if (steps && StepNews.In(state, entry) is { } step)
            {
                Add(step);
            }

            if (state.Accepted?.CallbackUrl is not null && entry.Event is (WorkflowCompleted or WorkflowFailed or WorkflowCancelled or WorkflowTimedOut))
            {
                Add(Event(CallbackOwed, state, entry, Tell(state, entry)));
            }
        }

        return found?.ToImmutable() ?? [];

        void Add(CloudEvent news) => (found ??= ImmutableArray.CreateBuilder<CloudEvent>()).Add(news);
    }

    /// <summary>An event of the workflow, under the number of its entry.</summary>
    internal static CloudEvent Event(string type, WorkflowState state, JournalEntry entry, Payload data) => new(
        entry.Number.ToString(CultureInfo.InvariantCulture), "/api/v1/workflows/" + state.Id.Value, type, state.Id.Value, data, Attributes(state, entry));

    /// <summary>An event of an agent that worked for the workflow.</summary>
    /// <param name="index">Tells those of one entry apart.</param>
    internal static CloudEvent AgentEvent(string type, string agent, WorkflowState state, JournalEntry entry, int index, Payload data) => new(
        string.Create(CultureInfo.InvariantCulture, $"{state.Id.Value}/{entry.Number}/{index}"),
        AgentsSource + Uri.EscapeDataString(agent),
        type,
        agent,
        data,
        Attributes(state, entry));

    /// <summary>JSON made by writing it.</summary>
    internal static Payload Json(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Payload.FromTrustedUtf8(bytes.WrittenMemory);
    }

    /// <summary>A result, as long as it is small.</summary>
    internal static void WriteResult(Utf8JsonWriter json, string name, Payload result)
    {
        if (result.Length > ResultBytesMax)
        {
            json.WriteBoolean(name + "LeftOut", true);
            return;
        }

        json.WritePropertyName(name);
        json.WriteRawValue(result.Utf8.Span, skipInputValidation: true);
    }

    internal static void WriteError(Utf8JsonWriter json, string code, string? message, bool? critical = null)
    {
        json.WriteStartObject("error");
        json.WriteString("code", code);
        json.WriteString("message", message);
        if (critical is { } given)
        {
            json.WriteBoolean("critical", given);
        }

        json.WriteEndObject();
    }

    private static string? TypeOf(WorkflowEvent happened) => happened switch
    {
        WorkflowAccepted => "workflow.accepted",
        WorkflowCompleted => "workflow.completed",
        WorkflowFailed => "workflow.failed",
        WorkflowCancelled => "workflow.cancelled",
        WorkflowTimedOut => "workflow.timed-out",
        StepWaiting { Wait.Kind: WaitKind.Approval } => "workflow.approval-requested",
        ApprovalEscalated => "workflow.approval-escalated",
        ScopeStarted { Scope.Name: StepPath.Fallback } => PlanFallback,
        _ => null,
    };

    /// <summary>The step whose agent has something to say; null for most.</summary>
    private static StepState? SaidOf(WorkflowState state, WorkflowEvent happened)
    {
        var path = happened switch
        {
            StepCompleted completed when AgentNews.Speaks(completed.Output) => completed.Step,
            StepFailed failed => failed.Step,
            StepTimedOut timedOut => timedOut.Step,
            _ => StepPath.Root,
        };
        return !path.IsRoot && state.Steps.GetValueOrDefault(path) is { FanOut: null, Definition.Kind: StepKind.Call } step ? step : null;
    }

    private static ImmutableSortedDictionary<string, string> Attributes(WorkflowState state, JournalEntry entry)
    {
        var plain = Plain.Add("time", entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        return state.Accepted?.Tags.TryGetValue(HopsTag, out var hops) is true ? plain.Add(HopsAttribute, hops) : plain;
    }

    // What one needs to know whether it concerns one; the workflow itself has the rest.
    private static Payload Tell(WorkflowState state, JournalEntry entry)
    {
        var accepted = state.Accepted ?? throw new InvalidOperationException($"Workflow '{state.Id}' has no beginning to tell of.");
        return Json(json =>
        {
            json.WriteString("workflow", state.Id.Value);
            json.WriteNumber("number", entry.Number);
            json.WriteString("plan", accepted.PlanName ?? accepted.Plan.Id);
            json.WriteNumber("priority", accepted.Priority);
            json.WriteStartObject("tags");
            foreach (var (name, value) in accepted.Tags)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            WriteOutcome(json, state, entry.Event);
        });
    }

    private static void WriteOutcome(Utf8JsonWriter json, WorkflowState state, WorkflowEvent happened)
    {
        switch (happened)
        {
            case WorkflowCompleted completed:
                WriteResult(json, "result", completed.Output);
                break;
            case WorkflowFailed { Failure: var failure }:
                json.WriteString("code", failure.Code);
                WriteError(json, failure.Code, failure.Message);
                break;
            case WorkflowTimedOut { Failure: var failure }:
                json.WriteString("code", failure.Code);
                WriteError(json, failure.Code, failure.Message);
                break;
            case WorkflowCancelled cancelled:
                WriteError(json, "workflow.cancelled", cancelled.Reason);
                break;
            case ScopeStarted started:
                json.WriteString("planId", state.Scope(started.Scope.Parent).Graph.Plan.Id);
                json.WriteString("fallbackPlanId", state.Scope(started.Scope).Graph.Plan.Id);
                break;
            case StepWaiting waiting:
                json.WriteString("step", waiting.Step.Value);
                if (waiting.Wait.Until is { } until)
                {
                    json.WriteString("until", until);
                }

                break;
            case ApprovalEscalated escalated:
                json.WriteString("step", escalated.Step.Value);
                if (escalated.Until is { } end)
                {
                    json.WriteString("until", end);
                }

                break;
        }
    }
}
