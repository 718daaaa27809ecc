namespace Orchestrator.Simulation.Checks;

/// <summary>Something happened that must never happen, or something that must happen did not.</summary>
/// <param name="invariant">Its number in the list of invariants, I1 to I16.</param>
internal sealed class InvariantBrokenException(string invariant, string message) : Exception($"{invariant}: {message}")
{
    public string Invariant { get; } = invariant;
}
