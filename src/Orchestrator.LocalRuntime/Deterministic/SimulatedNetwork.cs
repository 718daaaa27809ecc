namespace Orchestrator.LocalRuntime;

/// <summary>Carries requests and answers between the processes of a simulated world, and loses some.</summary>
internal sealed class SimulatedNetwork(SimulatedCluster cluster, SimulatedChance chance)
{
    private readonly Dictionary<(int From, int To), Link> links = [];
    private readonly Dictionary<int, SimulatedDirectory> directories = new() { [0] = new() };
    private int groups;

    public NetworkFaults Faults { get; set; } = NetworkFaults.None;

    public SimulatedDirectory DirectoryOf(SimulatedNode node) => directories[node.Group];

    /// <summary>Whether a request belongs to a grain of the node that asks; if not, it is on its way when this returns.</summary>
    /// <param name="arrived">Whether somebody sent it here to be activated, so that it is not placed again.</param>
    public bool IsLocal(SimulatedNode node, Request request, bool arrived)
    {
        cluster.NoteAsk();
        var directory = DirectoryOf(node);
        var grainClass = node.Silo.Registry.Class(request.Target.Type);
        var place = grainClass.WorkersMax > 0 ? null : directory.Find(request.Target);
        if (place is null)
        {
            var isSilo = node.Index >= 0;
            place = isSilo && (arrived || grainClass.PrefersLocal || grainClass.WorkersMax > 0) ? node : Choose(directory);
            if (place == node && grainClass.WorkersMax == 0)
            {
                directory.Place(request.Target, node);
            }
        }

        if (place == node && (grainClass.WorkersMax > 0 || directory.IsAt(request.Target, node)))
        {
            return true;
        }

        SendRequest(node, place, request);
        return false;
    }

    public void Cut(IReadOnlyCollection<SimulatedNode> side)
    {
        var group = ++groups;
        directories[group] = new(DirectoryOf(side.First()));
        foreach (var node in side)
        {
            node.Group = group;
        }
    }

    /// <summary>Every group forgets whoever it cannot reach.</summary>
    public void NoticeTheUnreachable(IEnumerable<SimulatedNode> nodes)
    {
        foreach (var (group, directory) in directories)
        {
            foreach (var lost in directory.Members.Where(member => member.Group != group).ToArray())
            {
                Bury(directory, group, lost, nodes);
            }
        }
    }

    public void NoticeDeath(SimulatedNode dead, IEnumerable<SimulatedNode> nodes)
    {
        foreach (var (group, directory) in directories)
        {
            Bury(directory, group, dead, nodes);
        }
    }

    /// <summary>Everybody reaches everybody again. Of two activations of a grain, the one in the newer group ends.</summary>
    public void Heal(IEnumerable<SimulatedNode> nodes)
    {
        // A silo that started anew behind a cut is still believed to be in its former start on the other side.
        foreach (var directory in directories.Values)
        {
            directory.BuryFormerStarts();
        }

        var whole = directories[0];
        for (var group = 1; group <= groups; group++)
        {
            if (directories.Remove(group, out var directory))
            {
                foreach (var (grainId, loser) in whole.Merge(directory))
                {
                    loser.Silo.EndDuplicate(grainId);
                }
            }
        }

        foreach (var node in nodes)
        {
            node.Group = 0;
            if (node.IsUp && node.Index >= 0 && !whole.Members.Contains(node))
            {
                whole.Join(node);
            }
        }
    }

    private void Bury(SimulatedDirectory directory, int group, SimulatedNode lost, IEnumerable<SimulatedNode> nodes)
    {
        directory.Bury(lost);
        if (cluster.Options.CallsToTheDeadFailAtOnce)
        {
            foreach (var node in nodes.Where(node => node.Group == group && node.IsUp))
            {
                node.GiveUpOn(lost);
            }
        }
    }

    /// <summary>A message that nobody answers and that belongs to no request.</summary>
    public void Tell(SimulatedNode from, SimulatedNode to, string about, Action deliver) => Send(from, to, deliver, (long)SimulationTrace.StableHash(about), about);

    private SimulatedNode Choose(SimulatedDirectory directory) => directory.Members.Count > 0
        ? directory.Members[chance.Below(directory.Members.Count)]
        : throw new SiloUnavailableException("No silo is known to be alive.");

    private void SendRequest(SimulatedNode from, SimulatedNode to, Request request)
    {
        if (request.Outcome is not null)
        {
            from.Await(request, to, from.Silo.Options.ResponseTimeout);
        }

        Send(from, to, () => Arrive(from, to, request), (long)request.Method.StableId, request);
    }

    private void Arrive(SimulatedNode from, SimulatedNode to, Request request)
    {
        // Each arrival runs a copy, so that a message that arrives twice runs twice and is answered twice.
        var copy = request.Copy();
        copy.Reference = null;
        if (copy.Outcome is { } outcome)
        {
            outcome.ContinueWith(
                done => Send(to, from, () => request.SettleLike(done), ~(long)request.Method.StableId, request),
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        to.Silo.Deliver(copy);
    }

    private void Send(SimulatedNode from, SimulatedNode to, Action deliver, long what, object about)
    {
        if (from.Group != to.Group || !to.IsUp || chance.Happens(Faults.Lost))
        {
            cluster.Trace.Note(TraceKind.Loss, what);
            if (cluster.Trace.KeepsLines)
            {
                cluster.Trace.Line($"{cluster.Time} lost: {from} -> {to} {(about is Request request ? $"{request.Method} of {request.Target}" : about)}");
            }

            return;
        }

        var message = new Message(to.Incarnation, deliver, what);
        var link = Link(from, to);
        for (var copies = chance.Happens(Faults.Duplicated) ? 2 : 1; copies > 0; copies--)
        {
            if (chance.Happens(Faults.Delayed))
            {
                cluster.After(chance.UpTo(Faults.DelayedAtMost), () => link.Enqueue(message));
            }
            else
            {
                link.Enqueue(message);
            }
        }
    }

    private Link Link(SimulatedNode from, SimulatedNode to)
    {
        if (!links.TryGetValue((from.Index, to.Index), out var link))
        {
            links.Add((from.Index, to.Index), link = new(this, from, to));
        }

        return link;
    }

    internal SimulatedCluster Cluster => cluster;

    internal bool Overtakes() => chance.Happens(Faults.Reordered);

    internal int Any(int count) => chance.Below(count);
}

internal readonly record struct Message(int Incarnation, Action Deliver, long What);

/// <summary>One direction between two processes: first in, first out, unless faults say otherwise.</summary>
internal sealed class Link(SimulatedNetwork network, SimulatedNode from, SimulatedNode to) : IThreadPoolWorkItem
{
    private readonly List<Message> queue = [];

    public void Enqueue(Message message)
    {
        queue.Add(message);
        if (queue.Count == 1)
        {
            network.Cluster.Runnable(this);
        }
    }

    public void Execute()
    {
        var index = queue.Count > 1 && network.Overtakes() ? network.Any(queue.Count) : 0;
        var message = queue[index];
        queue.RemoveAt(index);
        if (queue.Count > 0)
        {
            network.Cluster.Runnable(this);
        }

        // What was under way when a process died or was cut off arrives nowhere.
        if (to.IsUp && to.Incarnation == message.Incarnation && from.Group == to.Group)
        {
            network.Cluster.Trace.Note(TraceKind.Delivery, message.What);
            message.Deliver();
        }
        else
        {
            network.Cluster.Trace.Note(TraceKind.Loss, message.What);
        }
    }
}
