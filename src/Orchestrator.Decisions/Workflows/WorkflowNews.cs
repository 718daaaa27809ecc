using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;
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

    /// <summary>The type of those events.</summary>
    public const string CallbackOwed = "callback.owed";

    private static readonly ImmutableSortedDictionary<string, string> Plain = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Where an event is told.</summary>
    public static TopicName TopicOf(CloudEvent news) => news.Type == CallbackOwed ? Callbacks : Topic;

    /// <summary>That it was accepted, that a person is waited for, and how it ended; and that somebody is to be called back.</summary>
    /// <param name="all">Without it, only that somebody is to be called back.</param>
    public static ImmutableArray<CloudEvent> In(WorkflowState state, ImmutableArray<JournalEntry> entries, bool all)
    {
        ImmutableArray<CloudEvent>.Builder? found = null;
        foreach (var entry in entries)
        {
            var type = entry.Event switch
            {
                WorkflowAccepted => "workflow.accepted",
                WorkflowCompleted => "workflow.completed",
                WorkflowFailed => "workflow.failed",
                WorkflowCancelled => "workflow.cancelled",
                WorkflowTimedOut => "workflow.timed-out",
                StepWaiting { Wait.Kind: WaitKind.Approval } => "workflow.approval-requested",
                _ => null,
            };
            if (type is not null && all)
            {
                found ??= ImmutableArray.CreateBuilder<CloudEvent>();
                found.Add(Event(type, state, entry));
            }

            if (state.Accepted?.CallbackUrl is not null && entry.Event is (WorkflowCompleted or WorkflowFailed or WorkflowCancelled or WorkflowTimedOut))
            {
                found ??= ImmutableArray.CreateBuilder<CloudEvent>();
                found.Add(Event(CallbackOwed, state, entry));
            }
        }

        return found?.ToImmutable() ?? [];
    }

    private static CloudEvent Event(string type, WorkflowState state, JournalEntry entry) => new(
        entry.Number.ToString(CultureInfo.InvariantCulture),
        "/api/v1/workflows/" + state.Id.Value,
        type,
        state.Id.Value,
        Tell(state, entry),
        Plain.Add("time", entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)));

    // What one needs to know whether it concerns one; the workflow itself has the rest.
    private static Payload Tell(WorkflowState state, JournalEntry entry)
    {
        var accepted = state.Accepted ?? throw new InvalidOperationException($"Workflow '{state.Id}' has no beginning to tell of.");
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
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
            var failure = entry.Event switch
            {
                WorkflowFailed failed => failed.Failure,
                WorkflowTimedOut timedOut => timedOut.Failure,
                _ => null,
            };
            if (failure is not null)
            {
                json.WriteString("code", failure.Code);
            }

            if (entry.Event is StepWaiting waiting)
            {
                json.WriteString("step", waiting.Step.Value);
                if (waiting.Wait.Until is { } until)
                {
                    json.WriteString("until", until);
                }
            }

            json.WriteEndObject();
        }

        return Payload.FromTrustedUtf8(bytes.WrittenMemory);
    }
}
