namespace Orchestrator.LocalRuntime;

/// <summary>What the silos of one group believe: who is alive, and which of them holds which grain.</summary>
/// <remarks>A belief may be late: about the dead until their death is noticed, about the other side of a cut until it heals.</remarks>
internal sealed class SimulatedDirectory
{
    private readonly Dictionary<GrainId, (SimulatedNode Node, int Incarnation)> places = [];
    private readonly List<SimulatedNode> members = [];

    public SimulatedDirectory()
    {
    }

    public SimulatedDirectory(SimulatedDirectory like)
    {
        places = new(like.places);
        members = [.. like.members];
    }

    /// <summary>Silos that are believed to be alive, in the order in which they came.</summary>
    public IReadOnlyList<SimulatedNode> Members => members;

    public SimulatedNode? Find(GrainId grainId) => places.TryGetValue(grainId, out var place) ? place.Node : null;

    public bool IsAt(GrainId grainId, SimulatedNode node) => places.TryGetValue(grainId, out var place) && place.Node == node && place.Incarnation == node.Incarnation;

    public void Place(GrainId grainId, SimulatedNode node) => places[grainId] = (node, node.Incarnation);

    public void Release(GrainId grainId, SimulatedNode node)
    {
        if (IsAt(grainId, node))
        {
            places.Remove(grainId);
        }
    }

    public void Join(SimulatedNode node)
    {
        // A new start of a process proves that the old one is gone.
        Bury(node);
        members.Add(node);
    }

    /// <summary>Forgets a silo and all that it is believed to hold.</summary>
    public void Bury(SimulatedNode node)
    {
        members.Remove(node);
        foreach (var grainId in places.Where(place => place.Value.Node == node).Select(place => place.Key).ToArray())
        {
            places.Remove(grainId);
        }
    }

    /// <summary>Forgets the places in starts of silos that have ended meanwhile.</summary>
    public void BuryFormerStarts()
    {
        foreach (var grainId in places.Where(place => place.Value.Incarnation != place.Value.Node.Incarnation).Select(place => place.Key).ToArray())
        {
            places.Remove(grainId);
        }
    }

    /// <summary>Takes over what another group believes. Returns the grains that both have, with the place that loses.</summary>
    public IReadOnlyList<(GrainId Grain, SimulatedNode Loser)> Merge(SimulatedDirectory other)
    {
        var doubles = new List<(GrainId, SimulatedNode)>();
        foreach (var (grainId, place) in other.places)
        {
            if (!places.TryAdd(grainId, place) && places[grainId] != place)
            {
                doubles.Add((grainId, place.Node));
            }
        }

        members.AddRange(other.members.Except(members));
        members.Sort((left, right) => left.Index.CompareTo(right.Index));
        return doubles;
    }
}
