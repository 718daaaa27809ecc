using System.Text.Json;
using Orchestrator.Client.Blobs;
using Orchestrator.Client.Connections;
using Orchestrator.Client.Plans;
using Orchestrator.Client.Workflows;

namespace Orchestrator.Client;

/// <summary>The client, over whichever way there is.</summary>
public sealed class OrchestratorClient(IOrchestratorConnection connection, ReconnectPolicy reconnect) : IOrchestratorClient
{
    private static readonly StartOptions Usual = new();

    public Task<WorkflowHandle<TOutput>> StartAsync<TInput, TOutput>(
        PlanDefinition<TInput, TOutput> plan, TInput input, StartOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync<TOutput>(plan.ToJson(), input, options, cancellationToken);

    public Task<WorkflowHandle<JsonElement>> StartAsync(string plan, object? input = null, StartOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync<JsonElement>(plan, input, options, cancellationToken);

    public WorkflowHandle<TOutput> Workflow<TOutput>(string id) => new(id, connection, reconnect);

    public Task<BlobLink> UploadAsync(Stream content, string contentType, CancellationToken cancellationToken = default) =>
        connection.PutBlobAsync(content, contentType, cancellationToken);

    public Task DownloadAsync(BlobLink link, Stream destination, CancellationToken cancellationToken = default) =>
        connection.ReadBlobAsync(link.Digest, destination, cancellationToken);

    private async Task<WorkflowHandle<TOutput>> StartAsync<TOutput>(string plan, object? input, StartOptions? options, CancellationToken cancellationToken)
    {
        var start = new StartMessage(
            plan, JsonSerializer.SerializeToElement(input ?? new object(), ClientJson.Options), options?.Key ?? reconnect.NewId(), options ?? Usual);
        return Workflow<TOutput>(await connection.StartAsync(start, cancellationToken));
    }
}
