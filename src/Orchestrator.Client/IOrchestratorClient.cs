using System.Text.Json;
using Orchestrator.Client.Blobs;
using Orchestrator.Client.Plans;
using Orchestrator.Client.Workflows;

namespace Orchestrator.Client;

/// <summary>Starts workflows and finds them again, on a server or in this process.</summary>
/// <remarks>
/// What is awaited has been accepted: it survives any crash of the orchestrator. A call that got no answer is sent again under the same key, so
/// it is done once; what a server refuses comes as an <see cref="OrchestratorException"/> with its code. Safe for use by many threads.
/// </remarks>
public interface IOrchestratorClient
{
    /// <summary>Starts a plan that was defined in C#.</summary>
    /// <exception cref="OrchestratorException">The plan, its input or the options were refused, or nobody answered in as many attempts as may be.</exception>
    Task<WorkflowHandle<TOutput>> StartAsync<TInput, TOutput>(
        PlanDefinition<TInput, TOutput> plan, TInput input, StartOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Starts a plan that is written in the plan language.</summary>
    /// <param name="plan">JSON or YAML.</param>
    /// <param name="input">Anything that System.Text.Json writes as an object; null for none.</param>
    /// <inheritdoc cref="StartAsync{TInput, TOutput}"/>
    Task<WorkflowHandle<JsonElement>> StartAsync(string plan, object? input = null, StartOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>A workflow by its id, whoever started it. Asks nobody whether there is one.</summary>
    WorkflowHandle<TOutput> Workflow<TOutput>(string id);

    /// <summary>Puts a content that is too large for an input, or no JSON. The same content again gives the same link.</summary>
    /// <remarks>It is kept while a workflow uses it, and at least a day from now.</remarks>
    /// <param name="content">Read from where it stands to its end, and left open. One that cannot seek is sent once.</param>
    /// <param name="contentType">Such as <c>application/pdf</c>.</param>
    Task<BlobLink> UploadAsync(Stream content, string contentType, CancellationToken cancellationToken = default);

    /// <summary>Writes the content of a link.</summary>
    /// <exception cref="OrchestratorException"><c>blob.not_found</c>: it has gone.</exception>
    Task DownloadAsync(BlobLink link, Stream destination, CancellationToken cancellationToken = default);
}

/// <summary>How a workflow is started.</summary>
public sealed record StartOptions
{
    /// <summary>The workflow's id: letters, digits, '.', '_' and '-', at most 128. One id, one workflow.</summary>
    /// <value>The orchestrator gives one without it.</value>
    public string? Id { get; init; }

    /// <summary>Starting again with the same key, even from another process, gives the workflow that the first call started; the orchestrator keeps it for a day at least.</summary>
    /// <value>1 to 255 printable ASCII characters. Without one each call has its own, which holds for its repetitions.</value>
    public string? Key { get; init; }

    /// <value>1 to 5, 5 the most urgent. The default is 3.</value>
    public int Priority { get; init; } = 3;

    /// <summary>Up to 32 words to find the workflow by.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}
