namespace Orchestrator.LocalRuntime;

/// <summary>The activations of one stateless worker in this process.</summary>
internal sealed class WorkerPool(GrainClass grainClass)
{
    private readonly Lock gate = new();
    private readonly List<Activation> workers = [];
    private int next;

    /// <summary>An idle worker, else a new one, else the one with the shortest queue.</summary>
    public Activation Pick(LocalSilo silo, GrainId grainId)
    {
        lock (gate)
        {
            Activation? best = null;
            for (var i = 0; i < workers.Count; i++)
            {
                var worker = workers[(next + i) % workers.Count];
                if (worker.Load == 0)
                {
                    (best, next) = (worker, next + i + 1);
                    break;
                }

                best = best is null || worker.Load < best.Load ? worker : best;
            }

            if ((best is null || best.Load > 0) && workers.Count < grainClass.WorkersMax)
            {
                workers.Add(best = silo.Make(grainClass, grainId));
            }

            return best!;
        }
    }

    public void Remove(Activation activation)
    {
        lock (gate)
        {
            workers.Remove(activation);
        }
    }

    public Activation[] Activations()
    {
        lock (gate)
        {
            return [.. workers];
        }
    }
}
