using System.Globalization;
using Orchestrator.Grains.Agents;
using Orchestrator.Grains.Limits;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Steps;

/// <summary>The attempt a step grain is making: what it was told, and what has come in since.</summary>
internal sealed class AttemptUnderWay(StepAssignment assignment, string caller, long heardAt)
{
    private readonly CancellationTokenSource dropped = new();

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

    /// <summary>The agent that has been asked for room, with its answer to having waited.</summary>
    public Question<SlotReply>? Slot { get; set; }

    /// <summary>The same of the named limit that has been asked last.</summary>
    public Question<LimitReply>? Limit { get; set; }

    /// <summary>Room under named limits.</summary>
    public LimitsHeld Limits { get; } = new();

    /// <summary>The agent that a limit has sent the attempt to; null where none has.</summary>
    public string? AgentInstead { get; set; }

    /// <summary>The model that a limit has the agent ask; null for its own.</summary>
    public string? ModelInstead { get; set; }

    /// <summary>The wait its workflow has been told of.</summary>
    public Wait? ToldWait { get; set; }

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

    public void Drop() => dropped.Cancel();
}

/// <summary>Something asked of another grain that may answer at once or, to whoever waits, later.</summary>
/// <param name="of">Who was asked.</param>
internal sealed class Question<TReply>(string of)
{
    // Not with asynchronous continuations: a wait with a limit on such a task passes through the thread pool, and this stays in its turns.
    private readonly TaskCompletionSource<TReply> answer = new();

    public string Of { get; } = of;

    public Task<TReply> Answer => answer.Task;

    public void Answered(TReply reply) => answer.TrySetResult(reply);
}

/// <summary>The room an attempt has under named limits, and the renewing of it.</summary>
internal sealed class LimitsHeld
{
    private CancellationTokenSource? over;

    public List<LimitLease> Leases { get; } = [];

    public Task Renewing { get; private set; } = Task.CompletedTask;

    /// <summary>Adds a lease, and begins to renew when it is the first.</summary>
    public void Add(LimitLease lease, Func<CancellationToken, Task> renew)
    {
        Leases.Add(lease);
        if (over is null)
        {
            over = new CancellationTokenSource();
            Renewing = renew(over.Token);
        }
    }

    /// <summary>Takes all leases out. The last renewal is over before they go back, or it would take them up again.</summary>
    public async Task<IReadOnlyList<LimitLease>> TakeAllAsync()
    {
        if (over is not { } renewing)
        {
            return [];
        }

        over = null;
        var leases = Leases.ToArray();
        Leases.Clear();
        using (renewing)
        {
            renewing.Cancel();
            await Renewing;
        }

        return leases;
    }
}
