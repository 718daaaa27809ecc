using Orchestrator.Grains.Blobs;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Steps;

/// <summary>What is too large for a journal: the agent gets the contents and not their links, and the journal a link and not the answer.</summary>
public sealed partial class StepGrain
{
    private LargePayloads Payloads => field ??= new(GrainFactory.Blobs(), epoch, clock, blobOptions.Value);

    /// <summary>The input with its links opened, or why the agent is not called. A link that the plan has put together is used by its workflow from here on.</summary>
    private async Task<(Payload Input, StepFailure? Failure)> OpenInputAsync(AttemptUnderWay attempt)
    {
        var (input, workflow) = (attempt.Assignment.Input, attempt.Assignment.Workflow);
        if (!BlobLink.MayStandIn(input))
        {
            return (input, null);
        }

        var (opened, refusal) = await UntilAnsweredAsync(attempt, "open", async () =>
            await new BlobGate(blobs, blobOptions.Value).AdmitAsync(workflow, "input", input) is { } barred ? (default, barred) : await Payloads.OpenAsync(input, attempt.Dropped));
        return (opened, refusal is null ? null : new StepFailure(refusal.Code, refusal.Message, Retryable: false));
    }

    /// <summary>Puts a large answer aside before the workflow is told of it. A store that is away is waited for: the agent has done its work.</summary>
    private async Task<StepReport> PutAsideAsync(AttemptUnderWay attempt, StepReport report)
    {
        if (report is not AttemptCompleted done || !Payloads.IsLarge(done.Output))
        {
            return report;
        }

        var (link, refusal) = await UntilAnsweredAsync(attempt, "put aside", () => Payloads.PutAsideAsync(attempt.Ticket, done.Output, attempt.Dropped));
        return refusal is null ? done with { Output = link } : Failed(attempt, new StepFailure(AgentFailures.AnswerTooLarge, refusal.Message, Retryable: false), done.Usage);
    }
}
