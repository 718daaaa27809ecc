using Microsoft.Extensions.Logging;
using Orchestrator.Decisions.Breakers;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Grains.Agents;

/// <summary>The shell of one breaker. Transitions are written down; counts below the threshold are not, and a crash forgets them.</summary>
[PreferLocalPlacement]
public sealed partial class BreakerGrain(
    [PersistentState("breaker")] IPersistentState<StoredBreaker> stored, TimeProvider clock, ILogger<BreakerGrain> logger) : Grain, IBreakerGrain
{
    private BreakerState breaker = BreakerState.Initial;

    private string Key => field ??= this.GetPrimaryKeyString();

    // An instance's address may carry a secret in its query, and that stays out of logs.
    private string LogName => Key.IndexOf('?') is >= 0 and var query ? Key[..query] : Key;

    private BreakerView View => new(breaker.Status, breaker.ConsecutiveFailures, breaker.LastFailureAt, breaker.OpenUntil, breaker.ByHand);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        breaker = stored.State.ToState();
        return Task.CompletedTask;
    }

    public Task<BreakerView> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(View);

    public async Task<BreakerView> ReportAsync(BreakerReport report, CancellationToken cancellationToken = default)
    {
        await ApplyAsync(
            BreakerDecisions.Report(breaker, report.Reporter, report.Number, report.Ticket, report.Outcome, report.Policy, clock.GetUtcNow()));
        return View;
    }

    public async Task<BreakerPermission> TryProbeAsync(string ticket, BreakerPolicy policy, CancellationToken cancellationToken = default)
    {
        var decision = BreakerDecisions.TryProbe(breaker, ticket, policy, clock.GetUtcNow());
        await ApplyAsync(decision);
        return new BreakerPermission(decision.Granted, View);
    }

    public Task<BreakerView> ResetAsync(string by, CancellationToken cancellationToken = default) => SetByHandAsync(BreakerDecisions.Reset(breaker, by));

    public Task<BreakerView> TripAsync(string by, CancellationToken cancellationToken = default) => SetByHandAsync(BreakerDecisions.Trip(breaker, by));

    private async Task ApplyAsync(BreakerDecision decision)
    {
        var from = breaker.Status;
        breaker = decision.Events.Aggregate(breaker, BreakerState.Evolve);
        if (!decision.IsTransition)
        {
            return;
        }

        LogTransition(LogName, from, breaker.Status, breaker.ConsecutiveFailures, breaker.OpenUntil);
        stored.State = StoredBreaker.From(breaker);
        try
        {
            await stored.WriteStateAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is not InconsistentStateException)
        {
            // A breaker protects just as well from memory. A store that is away must not keep calls from an agent that is not.
            LogNotWritten(exception, LogName, breaker.Status);
        }
    }

    /// <summary>What a person has set is kept before she is told so; then the agent hears of it, which asks by itself only when calls fail.</summary>
    private async Task<BreakerView> SetByHandAsync(BreakerDecision decision)
    {
        if (!decision.Events.IsEmpty)
        {
            var from = breaker.Status;
            var next = decision.Events.Aggregate(breaker, BreakerState.Evolve);
            await stored.KeepAsync(StoredBreaker.From(next));
            breaker = next;
            LogTransition(LogName, from, breaker.Status, breaker.ConsecutiveFailures, breaker.OpenUntil);
        }

        if (Key.IndexOf('/') is > 0 and var slash)
        {
            await GrainFactory.Agent(Key[..slash]).NoteBreakerAsync(Key[(slash + 1)..], View);
        }

        return View;
    }
}
