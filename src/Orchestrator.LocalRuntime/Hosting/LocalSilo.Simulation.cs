namespace Orchestrator.LocalRuntime;

/// <summary>A silo as one process of a simulated world. Both fields are null everywhere else.</summary>
internal sealed partial class LocalSilo
{
    private SimulatedCluster? simulation;
    private SimulatedNode? node;

    public SimulationTrace? Trace => simulation?.Trace;

    public void JoinSimulation(SimulatedCluster cluster, SimulatedNode self) => (simulation, node) = (cluster, self);

    public void SuspectEscape() => simulation?.SuspectEscape();

    /// <summary>Takes a request from the simulated network.</summary>
    public void Deliver(Request request) => Forward(request, arrived: true);

    /// <summary>Everything here ends without running another line.</summary>
    public void Crash()
    {
        foreach (var activation in Activations())
        {
            activation.Crash();
        }
    }

    /// <summary>Ends an activation whose grain has another one that the directory prefers.</summary>
    public void EndDuplicate(GrainId grainId)
    {
        if (activations.TryGetValue(grainId, out var activation))
        {
            activation.Deactivate(new(DeactivationReasonCode.DuplicateActivation, "The grain has another activation, which the directory prefers."));
        }
    }

    public IEnumerable<string> DescribeWaiting() => Activations().Select(activation => activation.DescribeWaiting()).Where(text => text.Length > 0);

    /// <summary>The silos that this one knows to be running, itself included.</summary>
    public IEnumerable<LocalSilo> Peers() => node is null ? [this] : simulation!.Network.DirectoryOf(node).Members.Where(member => member.IsUp).Select(member => member.Silo);

    /// <summary>Tells every other silo that this one knows to be running, by messages that may come late or be lost. Outside a simulation there are no others.</summary>
    public void TellPeers(string about, Action<LocalSilo> tell)
    {
        if (node is null)
        {
            return;
        }

        var network = simulation!.Network;
        foreach (var member in network.DirectoryOf(node).Members.Where(member => member != node).ToArray())
        {
            network.Tell(node, member, about, () => tell(member.Silo));
        }
    }

    /// <summary>Whether this silo, of all it knows to be alive, ticks the reminders of a grain.</summary>
    public bool AnswersFor(GrainId grainId)
    {
        var members = node is null ? [] : simulation!.Network.DirectoryOf(node).Members;
        return members.Count == 0 || members[(int)(SimulationTrace.StableHash(grainId.ToString()) % (ulong)members.Count)] == node;
    }

    /// <summary>Notes a turn in the trace of the world.</summary>
    public void NoteTurn(Activation activation, QueuedWork work)
    {
        var what = work switch
        {
            Request request => (long)request.Method.StableId,
            Activation.Signal => 2,
            _ => 1,
        };
        simulation!.Trace.Note(TraceKind.Turn, (long)(activation.StableId ^ node!.StableId) * 31 ^ what);
        if (simulation.Trace.KeepsLines)
        {
            var text = work switch
            {
                Request request => request.Method.ToString(),
                TurnScheduler.TaskWork { Task: var task } => $"continues {SimulatedExecutor.Describe(task)}",
                _ => "signal",
            };
            simulation.Trace.Line($"{simulation.Time:HH:mm:ss.fff} {node.Name} {activation.GrainId}: {text}");
        }
    }
}
