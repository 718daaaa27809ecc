using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>Chooses the instance for the next call among those whose breaker lets one through.</summary>
/// <remarks>
/// Round robin goes around. Weighted round robin is the smooth one of nginx (commit 52327e0 of 2012: each gains its weight, the highest is
/// chosen and pays the sum), so that weights 5, 1, 1 give a, a, b, a, c, a, a and no bursts. Least connections takes the one with the fewest
/// calls under way, and goes around among equals. The cost grows with the number of instances, which registration bounds.
/// </remarks>
internal sealed class Balancer
{
    private int next;

    public Seat? Choose(IReadOnlyList<Seat> seats, Balancing balancing, int probesMax, DateTimeOffset now, out bool needsProbe)
    {
        Seat? best = null;
        var bestIndex = 0;
        var weights = 0L;
        needsProbe = false;
        for (var step = 0; step < seats.Count; step++)
        {
            var index = (next + step) % seats.Count;
            var seat = seats[index];
            var answer = seat.MayTake(probesMax, now);
            if (answer == SeatAnswer.Shut)
            {
                continue;
            }

            var better = best is null;
            if (balancing == Balancing.WeightedRoundRobin)
            {
                weights += seat.Instance.Weight;
                seat.CurrentWeight += seat.Instance.Weight;
                better = better || seat.CurrentWeight > best!.CurrentWeight;
            }
            else if (balancing == Balancing.LeastConnections)
            {
                better = better || seat.CallsOut < best!.CallsOut;
            }

            if (better)
            {
                (best, bestIndex, needsProbe) = (seat, index, answer == SeatAnswer.NeedsProbe);
                if (balancing == Balancing.RoundRobin)
                {
                    break;
                }
            }
        }

        if (best is null)
        {
            return null;
        }

        // Weights alone say whose turn it is; going around as well would favour neighbours of the heavy ones.
        best.CurrentWeight -= weights;
        next = balancing == Balancing.WeightedRoundRobin ? 0 : (bestIndex + 1) % seats.Count;
        return best;
    }
}
