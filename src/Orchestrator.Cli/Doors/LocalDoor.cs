using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Adapters.Sqlite.Folders;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Cli.Workflows;
using Orchestrator.Execution.Ids;
using Orchestrator.Grains;
using Orchestrator.Grains.Blobs;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Cli.Doors;

/// <summary>The silo in this process, without HTTP in between.</summary>
internal sealed class LocalDoor(IHost host, DataFolder folder, string place) : IWorkflowDoor
{
    private const int PriorityDefault = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IGrainFactory grains = host.Services.GetRequiredService<IGrainFactory>();
    private readonly IIdSource ids = host.Services.GetRequiredService<IIdSource>();

    public string Place => place;

    public bool OutlivesUs => false;

    public async Task<string> StartAsync(Plan plan, Payload input, CancellationToken cancellationToken)
    {
        var id = new WorkflowId(ids.Next());
        var reply = await grains.Workflow(id).StartAsync(
            new StartWorkflow(plan, input, PriorityDefault, ImmutableSortedDictionary<string, string>.Empty, Fingerprint: "orc run " + id.Value), cancellationToken);
        Check(reply.Refusal);
        return reply.Id.Value;
    }

    public async Task<Payload> PutFileAsync(FileInfo file, string contentType, CancellationToken cancellationToken)
    {
        await using var content = file.OpenRead();
        var put = await grains.Blobs().PutAsync(ids.Next(), content, contentType, cancellationToken, file.Length);
        Check(put.Refusal);
        return put.Link!.ToPayload();
    }

    public async Task<WorkflowDocument?> FindAsync(string id, CancellationToken cancellationToken) =>
        WorkflowId.TryParse(id, out var workflow) && await grains.Workflow(workflow).GetAsync(cancellationToken) is { } view
            ? WorkflowDocument.Parse(WorkflowText.Write(view))
            : null;

    public Task WaitForChangeAsync(string id, long version, CancellationToken cancellationToken) =>
        grains.Workflow(new WorkflowId(id)).WatchAsync(version, limit: 1, Patience, cancellationToken);

    public async Task<string?> ExplainAsync(string id, CancellationToken cancellationToken) =>
        (await grains.Workflow(new WorkflowId(id)).ExplainAsync(cancellationToken))?.Sentence;

    public async Task DecideApprovalAsync(string id, string step, bool approved, CancellationToken cancellationToken)
    {
        var decision = new DecideApproval(new StepPath(step), approved, Environment.UserName, Claimed: true);
        Check((await grains.Workflow(new WorkflowId(id)).DecideApprovalAsync(decision, cancellationToken)).Refusal);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)host).DisposeAsync();
        folder.Dispose();
    }

    private static void Check(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw new CommandFailedException(ExitCode.Failed, $"{refusal.Code} {refusal.Message}");
        }
    }
}
