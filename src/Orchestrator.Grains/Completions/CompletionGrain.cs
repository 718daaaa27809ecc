using System.Globalization;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Agents;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Blobs;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Completions;

/// <summary>Checks tokens before any workflow is woken by them, so that a stranger's guess costs no read of the store.</summary>
[StatelessWorker, Reentrant]
public sealed class CompletionGrain(
    CompletionTokens tokens, CompletionPolicy policy, IProcessEpoch epoch, TimeProvider clock, IOptions<BlobOptions> blobOptions) : Grain, ICompletionGrain
{
    private static readonly CompletionReply Unknown = new(null, StepPath.Root, 0, Refusal: new Refusal(RefusalCodes.CompletionUnknown, "This token is none of ours."));

    public async Task<CompletionReply> CompleteAsync(string token, Completion completion, CancellationToken cancellationToken = default)
    {
        if (!tokens.TryRead(token, out var subject))
        {
            return Unknown;
        }

        var at = subject.Value;
        if (completion.Output.Length > policy.OutputBytesMax)
        {
            return new CompletionReply(at.Workflow, at.Step, at.Attempt, Refusal: new Refusal(
                RefusalCodes.CompletionTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"An output has at most {policy.OutputBytesMax:N0} bytes, found {completion.Output.Length:N0}. The attempt is still waited for.")));
        }

        // Put aside here and not by the workflow, which decides. The fingerprint stays that of the completion as it came, so that it can be sent again.
        var payloads = new LargePayloads(GrainFactory.Blobs(), epoch, clock, blobOptions.Value);
        if (payloads.IsLarge(completion.Output))
        {
            var (link, refusal) = await payloads.PutAsideAsync(token, completion.Output, cancellationToken);
            if (refusal is not null)
            {
                return new CompletionReply(at.Workflow, at.Step, at.Attempt, Refusal: new Refusal(RefusalCodes.CompletionTooLarge, refusal.Message));
            }

            completion = completion with { Output = link };
        }

        return await GrainFactory.Workflow(at.Workflow).CompleteAttemptAsync(NameOf(at), completion, cancellationToken);
    }

    public async Task<CompletionReply> HeartbeatAsync(string token, Heartbeat heartbeat, CancellationToken cancellationToken = default) =>
        tokens.TryRead(token, out var subject)
            ? await GrainFactory.Workflow(subject.Value.Workflow).HeartbeatAsync(NameOf(subject.Value), heartbeat, cancellationToken)
            : Unknown;

    private static AttemptName NameOf(CompletionSubject subject) => new(subject.WorkflowCreatedAt, subject.Step, subject.Generation, subject.Attempt);
}
