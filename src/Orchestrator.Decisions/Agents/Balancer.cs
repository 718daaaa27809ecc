using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Agents;

/// <summary>Chooses the instance for the next call among those that may take one.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Round robin goes around.</item>
/// <item>Weighted round robin is the smooth one of nginx (commit 52327e0 of 2012: each gains its weight, the highest is chosen and pays the sum), so that
/// weights 5, 1, 1 give a, a, b, a, c, a, a and no bursts.</item>
/// <item>Least connections takes the one with the fewest calls under way, and goes around among equals.</item>
/// <item>Scored takes the highest score (S4-20 to S4-24), and goes around among equals.</item>
/// <item>Local takes one on the machine of the caller while it has less than its share of the agent's concurrency, and goes around among equals.</item>
/// <item>Random and consistent hash draw by <see cref="Rendezvous"/>: by the attempt, which falls evenly, or by the workflow, which falls where it did before.</item>
/// </list>
/// One that is unhealthy is passed over while a healthy one may take the call, except by score, of which health is a part. When none is healthy, the checks
/// are not believed: the breakers alone decide. The cost grows with the number of instances, which registration bounds.
/// </remarks>
internal sealed class Balancer
{
    private int next;

    /// <returns>Null when nobody may take a call.</returns>
    public Seat? Choose(in SlotAsk ask, IReadOnlyList<Seat> seats, AgentRegistration agent, int probesMax, DateTimeOffset now, out bool needsProbe)
    {
        var balancing = agent.Balancing;
        Seat? best = null;
        var (bestIndex, bestScore, weights) = (0, 0.0, 0L);
        needsProbe = false;
        var shared = balancing == Balancing.Local ? seats.Sum(seat => seat.Instance.Drain ? 0L : seat.Instance.Weight) : 0;
        var onlyHealthy = balancing != Balancing.Scored && AnyHealthy(seats, probesMax, now);
        for (var step = 0; step < seats.Count; step++)
        {
            var index = (next + step) % seats.Count;
            var seat = seats[index];
            var answer = seat.MayTake(probesMax, now);
            if (answer == SeatAnswer.Shut || (onlyHealthy && !seat.Health.Healthy))
            {
                continue;
            }

            if (balancing == Balancing.WeightedRoundRobin)
            {
                weights += seat.Instance.Weight;
                seat.CurrentWeight += seat.Instance.Weight;
            }

            var score = balancing == Balancing.Local
                ? (seat.HasItsShare(agent.Concurrency, shared) ? 0 : seat.IsLocalTo(ask.Host) ? 2 : 1)
                : ScoreOf(seat, balancing, ask);
            if (best is null || score > bestScore)
            {
                (best, bestIndex, bestScore, needsProbe) = (seat, index, score, answer == SeatAnswer.NeedsProbe);
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

    // Round robin has no opinion: the first from where it stands is as good as any.
    private static double ScoreOf(Seat seat, Balancing balancing, in SlotAsk ask) => balancing switch
    {
        Balancing.WeightedRoundRobin => seat.CurrentWeight,
        Balancing.LeastConnections => -seat.CallsOut,
        Balancing.Scored => InstanceScore.Of(seat.Record.AverageSeconds, seat.Record.SuccessRate, seat.CallsOut, seat.Health.Healthy),
        Balancing.Random => Rendezvous.Score(ask.Ticket, seat.Instance.Endpoint, seat.Instance.Weight),
        Balancing.ConsistentHash => Rendezvous.Score(ask.Group, seat.Instance.Endpoint, seat.Instance.Weight),
        _ => 0,
    };

    private static bool AnyHealthy(IReadOnlyList<Seat> seats, int probesMax, DateTimeOffset now)
    {
        for (var index = 0; index < seats.Count; index++)
        {
            if (seats[index].Health.Healthy && seats[index].MayTake(probesMax, now) != SeatAnswer.Shut)
            {
                return true;
            }
        }

        return false;
    }
}
