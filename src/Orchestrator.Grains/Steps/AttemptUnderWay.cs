using System.Globalization;
using Orchestrator.Grains.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Steps;

/// <summary>The attempt a step grain is making: what it was told, and what has come in since.</summary>
internal sealed class AttemptUnderWay(StepAssignment assignment, string caller, long heardAt)
{
    private readonly CancellationTokenSource dropped = new();
    private TaskCompletionSource<SlotReply>? answer;

    public StepAssignment Assignment { get; } = assignment;

    /// <summary>When its workflow last asked for it, by the clock's timestamp.</summary>
    public long HeardAt { get; private set; } = heardAt;

    /// <summary>The process that owed it then.</summary>
    public long Epoch { get; private set; } = assignment.Epoch;

    /// <summary>The question whether it is still wanted, when it is out.</summary>
    public Task Asking { get; set; } = Task.CompletedTask;

    /// <summary>Names the attempt to its agent, the same however often it asks.</summary>
    public string Ticket { get; } = string.Create(CultureInfo.InvariantCulture, $"{caller}#{assignment.Generation}.{assignment.Attempt}");

    /// <summary>Nobody waits for the attempt any more.</summary>
    public CancellationToken Dropped => dropped.Token;

    /// <summary>The agent that has been asked for room.</summary>
    public string? Asked { get; private set; }

    /// <summary>That agent's answer to having waited.</summary>
    public Task<SlotReply> Answer => answer!.Task;

    /// <summary>The wait its workflow has been told of.</summary>
    public WaitKind ToldWait { get; set; }

    /// <summary>The last of the messages about waiting, each of which goes out after the one before it.</summary>
    public Task Told { get; set; } = Task.CompletedTask;

    /// <summary>Giving the room back, which nobody waits for but the end.</summary>
    public Task Released { get; set; } = Task.CompletedTask;

    /// <summary>All of the attempt.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    public bool Is(int generation, int attempt) => Assignment.Generation == generation && Assignment.Attempt == attempt;

    public bool IsNewerThan(StepAssignment other) =>
        (Assignment.Generation, Assignment.Attempt).CompareTo((other.Generation, other.Attempt)) > 0;

    /// <summary>Its workflow has asked for it once more.</summary>
    public void Heard(long epoch, long at) => (Epoch, HeardAt) = (epoch, at);

    public void Ask(string agent)
    {
        Asked = agent;

        // Not with asynchronous continuations: a wait with a limit on such a task passes through the thread pool, and this stays in its turns.
        answer = new TaskCompletionSource<SlotReply>();
    }

    public void Answered(SlotReply reply) => answer?.TrySetResult(reply);

    public void Drop() => dropped.Cancel();
}
