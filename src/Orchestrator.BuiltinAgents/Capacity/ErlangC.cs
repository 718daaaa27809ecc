namespace Orchestrator.BuiltinAgents.Capacity;

/// <summary>Who waits, and how long, where calls come at random and are served by several: A. K. Erlang, "Solution of some problems in the theory of probabilities", 1917.</summary>
internal static class ErlangC
{
    /// <summary>The share of calls that find every server busy.</summary>
    /// <param name="load">Calls a second times seconds of work; below <paramref name="servers"/>.</param>
    public static double ShareWaiting(double load, int servers)
    {
        // Erlang B by its recursion, which no factorial overflows; C follows from it.
        var blocked = 1.0;
        for (var n = 1; n <= servers; n++)
        {
            blocked = load * blocked / (n + (load * blocked));
        }

        return servers * blocked / (servers - (load * (1 - blocked)));
    }

    /// <summary>How long a call waits on average, in units of the work of one.</summary>
    public static double Wait(double load, int servers) => ShareWaiting(load, servers) / (servers - load);
}
