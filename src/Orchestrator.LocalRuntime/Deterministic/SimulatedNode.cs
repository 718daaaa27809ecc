namespace Orchestrator.LocalRuntime;

/// <summary>A process on the simulated network: a silo, or the external client.</summary>
internal sealed class SimulatedNode(SimulatedCluster cluster, string name, int index)
{
    private readonly Queue<(long Deadline, Request Request, SimulatedNode To)> awaited = new();
    private ITimer? deadline;

    public string Name => name;

    public int Index => index;

    /// <summary>Counts the starts of the process; what one start knew is unknown to the next.</summary>
    public int Incarnation { get; set; }

    /// <summary>Nodes of one group reach each other.</summary>
    public int Group { get; set; }

    public bool IsUp { get; set; }

    public LocalSilo Silo { get; set; } = null!;

    public ProcessClock Clock { get; set; } = null!;

    public ulong StableId { get; } = SimulationTrace.StableHash(name);

    /// <summary>Ends the wait for an answer from elsewhere when the response timeout is over.</summary>
    public void Await(Request request, SimulatedNode to, TimeSpan timeout)
    {
        awaited.Enqueue((Clock.GetTimestamp() + timeout.Ticks, request, to));
        if (awaited.Count == 1)
        {
            Rearm();
        }
    }

    /// <summary>Ends the waits for answers from a node that is known to be dead.</summary>
    public void GiveUpOn(SimulatedNode dead)
    {
        foreach (var (_, request, to) in awaited)
        {
            if (to == dead && !request.IsSettled)
            {
                request.Fail(new SiloUnavailableException($"{request.Method} of grain {request.Target} was sent to {dead.Name}, which is dead."));
            }
        }
    }

    public void Forget()
    {
        awaited.Clear();
        deadline = null;
    }

    public override string ToString() => name;

    private void Rearm()
    {
        // A settled request leaves the queue when it comes to its head, so the timer is set by the oldest that is still open.
        while (awaited.TryPeek(out var head) && head.Request.IsSettled)
        {
            awaited.Dequeue();
        }

        if (awaited.TryPeek(out var oldest))
        {
            deadline ??= Clock.CreateTimer(static node => ((SimulatedNode)node!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            deadline.Change(TimeSpan.FromTicks(Math.Max(0, oldest.Deadline - Clock.GetTimestamp())), Timeout.InfiniteTimeSpan);
        }
    }

    private void Expire()
    {
        var now = Clock.GetTimestamp();
        while (awaited.TryPeek(out var head) && (head.Deadline <= now || head.Request.IsSettled))
        {
            awaited.Dequeue();
            if (!head.Request.IsSettled)
            {
                if (head.To.IsUp)
                {
                    cluster.SuspectEscape();
                }

                head.Request.Fail(new TimeoutException($"{head.Request.Method} of grain {head.Request.Target}, sent by {name} to {head.To.Name}, gave no answer in time."));
            }
        }

        Rearm();
    }
}
