using System.Runtime.CompilerServices;
using System.Text.Json;
using Orchestrator.Client.Connections;

namespace Orchestrator.Client.Workflows;

/// <summary>One workflow, from anywhere.</summary>
public sealed class WorkflowHandle<TOutput>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly IOrchestratorConnection connection;
    private readonly ReconnectPolicy reconnect;

    internal WorkflowHandle(string id, IOrchestratorConnection connection, ReconnectPolicy reconnect)
    {
        Id = id;
        this.connection = connection;
        this.reconnect = reconnect;
    }

    public string Id { get; }

    /// <summary>The workflow as it stands.</summary>
    /// <exception cref="OrchestratorException"><c>workflow.not_found</c>.</exception>
    public Task<WorkflowSnapshot> GetAsync(CancellationToken cancellationToken = default) => GetAsync(TimeSpan.Zero, cancellationToken);

    /// <summary>Waits for the end, however long it takes, and gives the output.</summary>
    /// <exception cref="WorkflowFailedException">It ended without one.</exception>
    /// <exception cref="JsonException">The output is not what was expected; the workflow has it still.</exception>
    public async Task<TOutput> ResultAsync(CancellationToken cancellationToken = default)
    {
        WorkflowSnapshot workflow;
        do
        {
            workflow = await GetAsync(Patience, cancellationToken);
        }
        while (!workflow.HasEnded);

        return workflow.State != WorkflowSnapshot.Completed ? throw new WorkflowFailedException(workflow)
            : workflow.Output is { } output ? output.Deserialize<TOutput>(ClientJson.Options)!
            : default!;
    }

    /// <summary>Every event after a number, in order, none twice and none left out, until the workflow has ended. A connection that breaks, or a server that restarts, is come back to.</summary>
    /// <param name="after">The number of the last event that was seen; 0 for all.</param>
    public async IAsyncEnumerable<WorkflowEvent> WatchAsync(long after = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var failures = 0;
        while (true)
        {
            var any = false;
            await using var events = connection.ReadEventsAsync(Id, after, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(events) is { } more)
            {
                if (!more)
                {
                    // A stream with events may have been cut; one that has none to give has ended.
                    if (!any)
                    {
                        yield break;
                    }

                    break;
                }

                (any, failures, after) = (true, 0, events.Current.Number);
                yield return events.Current;
            }
        }

        // Null: the connection broke, and the pause is over.
        async Task<bool?> NextAsync(IAsyncEnumerator<WorkflowEvent> events)
        {
            try
            {
                return await events.MoveNextAsync();
            }
            catch (ConnectionBrokenException) when (++failures < reconnect.AttemptsMax)
            {
                await reconnect.PauseAsync(failures, cancellationToken);
                return null;
            }
            catch (ConnectionBrokenException broken)
            {
                throw new OrchestratorException(OrchestratorException.Unreachable, $"The events of workflow '{Id}' could not be read after number {after}: {broken.Message}", retryable: true, cause: broken);
            }
        }
    }

    /// <summary>What it waits for, in one sentence.</summary>
    public Task<string> ExplainAsync(CancellationToken cancellationToken = default) => connection.ExplainAsync(Id, cancellationToken);

    /// <summary>Ends it. What runs is told to stop; a workflow that has ended stays as it is, and the call is refused.</summary>
    public Task CancelAsync(string? reason = null, CancellationToken cancellationToken = default) => CommandAsync(new WorkflowCommand.Cancel(reason), cancellationToken);

    /// <summary>Begins no more steps until it is resumed.</summary>
    public Task PauseAsync(string? reason = null, CancellationToken cancellationToken = default) => CommandAsync(new WorkflowCommand.Pause(reason), cancellationToken);

    public Task ResumeAsync(string? reason = null, CancellationToken cancellationToken = default) => CommandAsync(new WorkflowCommand.Resume(reason), cancellationToken);

    /// <summary>Sends a message to a step that waits for it, now or later.</summary>
    /// <param name="messageId">The same id is taken once.</param>
    public Task SignalAsync(string name, object? content = null, string? messageId = null, CancellationToken cancellationToken = default) =>
        CommandAsync(new WorkflowCommand.Signal(messageId ?? reconnect.NewId(), name, JsonSerializer.SerializeToElement(content, ClientJson.Options)), cancellationToken);

    /// <summary>Decides a step that waits for a person. The first decision counts; the same again changes nothing.</summary>
    /// <param name="by">Who decides, where the server asks for no credentials.</param>
    public Task DecideAsync(string step, bool approved, string? reason = null, string? by = null, CancellationToken cancellationToken = default) =>
        CommandAsync(new WorkflowCommand.Decide(step, approved, reason, by), cancellationToken);

    private Task CommandAsync(WorkflowCommand command, CancellationToken cancellationToken) => connection.CommandAsync(Id, command, cancellationToken);

    private async Task<WorkflowSnapshot> GetAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        await connection.FindAsync(Id, patience, cancellationToken)
        ?? throw new OrchestratorException("workflow.not_found", $"There is no workflow '{Id}'.");
}
