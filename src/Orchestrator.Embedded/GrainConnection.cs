using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Client;
using Orchestrator.Client.Connections;
using Orchestrator.Client.Workflows;
using Orchestrator.Grains;
using Orchestrator.Grains.Blobs;
using Orchestrator.Grains.Workflows;
using Orchestrator.PlanLanguage;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using BlobLink = Orchestrator.Client.Blobs.BlobLink;
using WorkflowEvent = Orchestrator.Client.Workflows.WorkflowEvent;

namespace Orchestrator.Embedded;

/// <summary>The grains of this process, without HTTP in between. What is read has the form that the API gives it.</summary>
internal sealed class GrainConnection(EmbeddedOrchestrator orchestrator, ReconnectPolicy ids, TimeProvider clock) : IOrchestratorConnection
{
    private const int EventsPerPage = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public async Task<string> StartAsync(StartMessage start, CancellationToken cancellationToken)
    {
        if (start.Options.Priority is < 1 or > 5)
        {
            throw new OrchestratorException("request.invalid", $"A priority is 1 to 5, found {start.Options.Priority}.");
        }

        var reading = PlanDocument.Read(start.Plan);
        if (reading.Plan is not { } plan)
        {
            throw new OrchestratorException("plan.invalid", $"The plan has errors; the first: {reading.Problems[0].Message}", errors: [.. reading.Problems.Select(problem => $"{problem.Pointer} {problem.Code} {problem.Message}")]);
        }

        var input = start.Input.ValueKind == JsonValueKind.Object ? start.Input.GetRawText()
            : throw new OrchestratorException("request.invalid", $"The input of a plan is an object, found {start.Input.ValueKind}.");
        var reply = await Grain(start.Options.Id ?? ids.NewId()).StartAsync(
            new StartWorkflow(
                plan,
                Payload.FromElement(start.Input),
                start.Options.Priority,
                (start.Options.Tags ?? new Dictionary<string, string>()).ToImmutableSortedDictionary(StringComparer.Ordinal),
                Fingerprint: Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{start.Plan}\n{input}\n{start.Options.Priority}\n{start.Options.Id}"))),
                IdempotencyKey: "embedded:start:" + start.Key),
            cancellationToken);
        Check(reply.Refusal);
        return reply.Id.Value;
    }

    public async Task<WorkflowSnapshot?> FindAsync(string id, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (await Grain(id).GetAsync(cancellationToken) is { } view)
        {
            var left = patience - clock.GetElapsedTime(began);
            if (view.Status.IsFinal() || left <= TimeSpan.Zero)
            {
                return WorkflowSnapshot.Parse(WorkflowText.Write(view));
            }

            await Grain(id).WatchAsync(view.Version, limit: 1, left < Patience ? left : Patience, cancellationToken);
        }

        return null;
    }

    public async IAsyncEnumerable<WorkflowEvent> ReadEventsAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = await Grain(id).ReadHistoryAsync(after, EventsPerPage, cancellationToken);
        if (page.LastNumber == 0)
        {
            throw new OrchestratorException("workflow.not_found", $"There is no workflow '{id}'.");
        }

        while (true)
        {
            foreach (var entry in page.Entries.IsDefault ? [] : page.Entries)
            {
                after = entry.Number;
                yield return WorkflowEvent.Parse(WorkflowText.Write(entry));
            }

            if (page.Finished && after >= page.LastNumber)
            {
                yield break;
            }

            page = await Grain(id).WatchAsync(after, EventsPerPage, Patience, cancellationToken);
        }
    }

    public async Task CommandAsync(string id, WorkflowCommand command, CancellationToken cancellationToken)
    {
        var grain = Grain(id);
        var reply = command switch
        {
            WorkflowCommand.Cancel cancel => await grain.CancelAsync(Context(cancel.Reason), cancellationToken),
            WorkflowCommand.Pause pause => await grain.PauseAsync(Context(pause.Reason), cancellationToken),
            WorkflowCommand.Resume resume => await grain.ResumeAsync(Context(resume.Reason), cancellationToken),
            WorkflowCommand.Signal signal => await grain.SignalAsync(
                new(signal.MessageId, signal.Name, Payload.FromElement(signal.Content)), cancellationToken),
            WorkflowCommand.Decide decide => await grain.DecideApprovalAsync(
                new(new StepPath(decide.Step), decide.Approved, decide.By ?? Environment.UserName, decide.Reason), cancellationToken),
            _ => throw new ArgumentException($"A command of the kind '{command.GetType().Name}' is unknown here.", nameof(command)),
        };
        Check(reply.Refusal);
    }

    public async Task<string> ExplainAsync(string id, CancellationToken cancellationToken) =>
        (await Grain(id).ExplainAsync(cancellationToken))?.Sentence ?? throw new OrchestratorException("workflow.not_found", $"There is no workflow '{id}'.");

    public async Task<BlobLink> PutBlobAsync(Stream content, string contentType, CancellationToken cancellationToken)
    {
        var put = await orchestrator.Grains.Blobs().PutAsync(ids.NewId(), content, contentType, cancellationToken);
        Check(put.Refusal);
        return new BlobLink(put.Link!.Digest.Value, put.Link.Bytes, put.Link.ContentType);
    }

    public async Task ReadBlobAsync(string digest, Stream destination, CancellationToken cancellationToken)
    {
        if (!BlobDigest.TryParse(digest, out var name) || await orchestrator.Grains.Blobs().FindAsync(name, cancellationToken) is not { } blob)
        {
            throw new OrchestratorException("blob.not_found", $"Nothing is kept under {digest}.");
        }

        await foreach (var part in orchestrator.Grains.Blobs().ReadAsync(blob, cancellationToken))
        {
            await destination.WriteAsync(part, cancellationToken);
        }
    }

    private static CommandContext Context(string? reason) => new(Environment.UserName, reason);

    private IWorkflowGrain Grain(string id) => WorkflowId.TryParse(id, out var workflow)
        ? orchestrator.Grains.Workflow(workflow)
        : throw new OrchestratorException("workflow.not_found", $"'{id}' is no workflow's id.");

    private static void Check(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw new OrchestratorException(refusal.Code, refusal.Message);
        }
    }
}
