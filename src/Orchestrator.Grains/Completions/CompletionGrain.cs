using System.Globalization;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Agents;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Completions;

/// <summary>Checks tokens before any workflow is woken by them, so that a stranger's guess costs no read of the store.</summary>
[StatelessWorker, Reentrant]
public sealed class CompletionGrain(CompletionTokens tokens, CompletionPolicy policy) : Grain, ICompletionGrain
{
    private static readonly CompletionReply Unknown = new(null, StepPath.Root, 0, Refusal: new Refusal(RefusalCodes.CompletionUnknown, "This token is none of ours."));

    public async Task<CompletionReply> CompleteAsync(string token, Completion completion, CancellationToken cancellationToken = default)
    {
        if (!tokens.TryRead(token, out var subject))
        {
            return Unknown;
        }

        var at = subject.Value;
        return completion.Output.Length > policy.OutputBytesMax
            ? new CompletionReply(at.Workflow, at.Step, at.Attempt, Refusal: new Refusal(
                RefusalCodes.CompletionTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"An output has at most {policy.OutputBytesMax:N0} bytes, found {completion.Output.Length:N0}. The attempt is still waited for.")))
            : await GrainFactory.Workflow(at.Workflow).CompleteAttemptAsync(NameOf(at), completion, cancellationToken);
    }

    public async Task<CompletionReply> HeartbeatAsync(string token, Heartbeat heartbeat, CancellationToken cancellationToken = default) =>
        tokens.TryRead(token, out var subject)
            ? await GrainFactory.Workflow(subject.Value.Workflow).HeartbeatAsync(NameOf(subject.Value), heartbeat, cancellationToken)
            : Unknown;

    private static AttemptName NameOf(CompletionSubject subject) => new(subject.WorkflowCreatedAt, subject.Step, subject.Generation, subject.Attempt);
}
