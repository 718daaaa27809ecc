using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Limits;
using Orchestrator.Execution.Declarations;
using Orchestrator.Execution.Journals;
using Orchestrator.Grains.Records;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Limits;

/// <summary>The shell of one named limit: its declaration and its callers' phone. Who may go on is decided by <see cref="LimitDesk"/>.</summary>
/// <remarks>
/// The declaration is durable; who holds room and who waits is not. When this activation is lost, leases are taken up again as their holders renew them, and those who
/// waited ask again. A mark in the record tells the next activation so; it then counts rates from none, those of a minute or more from what was written down, and where holders may live on lets nobody through until they
/// have renewed. An activation that ends in good order leaves behind what was left of its rates.
/// </remarks>
[Reentrant, RandomPlacement]
public sealed partial class LimitGrain(
    [PersistentState("limit")] IPersistentState<StoredLimit> stored,
    IEnumerable<IDeclared<Limit>> declared,
    IProcessEpoch epoch,
    TimeProvider clock,
    IOptions<LimitGrainOptions> options,
    ILogger<LimitGrain> logger) : Grain, ILimitGrain
{
    private readonly LimitDesk desk = new(options.Value.ToPolicy());
    private readonly ChangesInTurn changes = new();
    private ImmutableArray<Limit> declaredThen;
    private Limit? limit;
    private string version = "";
    private string self = "";
    private bool marked;

    private string Name => field ??= this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        self = string.Create(CultureInfo.InvariantCulture, $"{epoch.Owner}/{epoch.Current}.{now.UtcTicks}");
        var lost = stored.State.GrantedBy is not null;
        var kept = lost && stored.State.KeptFor is { } rates && Effective is { } here && rates == KeptRates.NameOf(here);
        if (lost)
        {
            desk.MayHavePredecessor(now, holdersLive: !epoch.IsAlone, ratesKept: kept);
        }

        Load();
        if (kept)
        {
            desk.RestoreKept(Kept, stored.State.KeptAt, now);
        }

        if (limit is not null && !lost)
        {
            foreach (var level in stored.State.Left)
            {
                desk.Restore(level.Pool, level.Requests, level.Tokens, stored.State.LeftAt, now);
            }
        }

        return Task.CompletedTask;
    }

    public Task<LimitChange> PutAsync(Limit limit, string? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        var complete = LimitRules.Complete(limit);
        var refusal = complete.Name == Name ? LimitRules.Check(complete)
            : new Refusal("limit.invalid", $"The declaration names limit '{complete.Name}', and this is '{Name}'.");
        return refusal is not null ? Task.FromResult(new LimitChange(null, refusal)) : changes.MakeAsync(() => PutInTurnAsync(complete, expectedVersion));
    }

    public Task<LimitChange> RemoveAsync(string? expectedVersion = null, CancellationToken cancellationToken = default) => changes.MakeAsync(async () =>
    {
        if (stored.State.Limit is null)
        {
            return limit is null
                ? new LimitChange(null, new Refusal("limit.unknown", $"There is no limit '{Name}'."))
                : new LimitChange(version, new Refusal("limit.declared", $"Limit '{Name}' comes from the host's configuration. Replace it, or change it there."));
        }

        if (RecordVersion.Stale("limit", Name, version, expectedVersion) is { } stale)
        {
            return new LimitChange(version, stale);
        }

        await StoreAsync(null, stored.State.Revision);
        await GrainFactory.LimitDirectory().ForgetAsync(Name, CancellationToken.None);
        return new LimitChange(limit is null ? null : version);
    });

    public Task<LimitView?> GetAsync(CancellationToken cancellationToken = default)
    {
        FollowDeclaration();
        if (limit is null)
        {
            return Task.FromResult<LimitView?>(null);
        }

        var now = clock.GetUtcNow();
        var keys = desk.Keys.ToList();
        return Task.FromResult<LimitView?>(new LimitView(
            limit,
            version,
            Declared: stored.State.Limit is null,
            desk.Held,
            desk.Waiting,
            Since(desk.WaitingSince),
            desk.Granted,
            desk.Refused,
            [.. desk.PoolsAt(now).Where(pool => pool.Pool.Length == 0 || pool.Held + pool.Waiting > 0).Take(LimitView.ShownMax).Select(pool => new LimitPoolView(pool.Pool, pool.Held, pool.Waiting, pool.RequestsLeft, pool.TokensLeft))],
            [
                .. keys.OrderByDescending(key => key.Waiting).ThenByDescending(key => key.Held).ThenBy(key => key.Key, StringComparer.Ordinal).Take(LimitView.ShownMax)
                    .Select(key => new LimitKeyView(key.Pool, key.Key, key.Weight, key.Held, key.Waiting, Since(key.WaitingSince))),
            ],
            keys.Count));

        TimeSpan Since(DateTimeOffset? moment) => moment < now ? now - moment.Value : TimeSpan.Zero;
    }

    public async Task<LimitReply> AcquireAsync(LimitRequest request, CancellationToken cancellationToken = default)
    {
        FollowDeclaration();
        if (limit is null)
        {
            return new LimitReply(null, Failure: NotFound());
        }

        // Written before the first call of this activation is let through, or a successor would not know that there may be one.
        if (!marked)
        {
            await changes.MakeAsync(MarkAsync);
            if (limit is null)
            {
                return new LimitReply(null, Failure: NotFound());
            }
        }

        var facts = new LimitFacts(request.Workflow, request.Plan, request.Agent, request.Tags, request.Key);
        var answer = desk.Acquire(
            new LimitAsk(request.Ticket, request.Caller, LimitKeys.Of(limit, facts), LimitKeys.PoolOf(limit, facts), request.Priority, request.Tokens, request.Epoch, request.Owner),
            clock.GetUtcNow());
        Settle();
        if (answer.Failure is { } failure)
        {
            LimitMetrics.Refused(Name, failure.Code);
        }
        else if (answer.Wait is not null)
        {
            LimitMetrics.Waited(Name);
        }
        else if (answer.Degrade)
        {
            LimitMetrics.SentAway(Name);
            return new LimitReply(null, Fallback: new LimitFallback(limit.FallbackAgent, limit.FallbackModel));
        }

        if (answer.Grant is not { } grant)
        {
            return new LimitReply(null, answer.Wait, answer.Failure);
        }

        // Nobody calls on room that a crash would give out again. Should the write fail, who asks again is given the same room.
        await KeepAsync(grant.Pool);
        return desk.MayTell(grant, clock.GetUtcNow())
            ? new LimitReply(ToLease(grant), answer.Wait, answer.Failure)
            : throw new TimeoutException($"What limit '{Name}' has given out took longer to write down than a lease lasts. Ask again.");
    }

    public async Task ReleaseAsync(LimitRelease release, CancellationToken cancellationToken = default)
    {
        var pool = desk.PoolOf(release.Ticket);
        desk.Release(release.Ticket, release.Tokens, clock.GetUtcNow());
        Settle();
        if (pool is not null)
        {
            // It may have used more than was reserved for it.
            await KeepAsync(pool);
        }
    }

    public Task WithdrawAsync(string ticket, CancellationToken cancellationToken = default)
    {
        desk.Withdraw(ticket, clock.GetUtcNow());
        Settle();
        return Task.CompletedTask;
    }

    public Task RenewAsync(LimitLease lease, CancellationToken cancellationToken = default)
    {
        desk.Renew(new LimitGrant(lease.Ticket, lease.Caller, lease.Key, lease.Pool, lease.Tokens, lease.Epoch, lease.Owner), clock.GetUtcNow());
        Settle();
        return Task.CompletedTask;
    }

    private async Task<LimitChange> PutInTurnAsync(Limit complete, string? expectedVersion)
    {
        // The same again changes nothing, whichever version the sender has seen: it may be the answer that was lost, not the request.
        var json = StoredLimit.Write(complete);
        if (json != stored.State.Limit)
        {
            if (RecordVersion.Stale("limit", Name, version, expectedVersion) is { } stale)
            {
                return new LimitChange(limit is null ? null : version, stale);
            }

            var before = stored.State;
            if (await GrainFactory.LimitDirectory().NoteAsync(Name, CancellationToken.None) is { } refusal)
            {
                return new LimitChange(limit is null ? null : version, refusal);
            }

            await StoreAsync(json, before.Revision + 1);
            return new LimitChange(version);
        }

        return new LimitChange(version, await GrainFactory.LimitDirectory().NoteAsync(Name, CancellationToken.None));
    }

    private async Task<LimitChange> MarkAsync()
    {
        if (stored.State.GrantedBy != self)
        {
            await stored.KeepAsync(stored.State.GrantingBy(self));
        }

        marked = true;
        return new LimitChange(version);
    }

    private async Task StoreAsync(string? json, long revision)
    {
        await stored.KeepAsync(stored.State.With(json, revision));
        Load();
        Settle();
    }

    /// <summary>The host may come to declare the limit differently while it runs; what was stored stands before that.</summary>
    private void FollowDeclaration()
    {
        if (DeclaredNow != declaredThen && stored.State.Limit is null)
        {
            Load();
            Settle();
        }
    }

    private ImmutableArray<Limit> DeclaredNow => declared.LastOrDefault()?.All ?? [];

    private Limit? Effective => stored.State.Read() ?? declared.LastOrDefault()?.Find(Name);

    private void Load()
    {
        declaredThen = DeclaredNow;
        limit = Effective;
        version = stored.State.Limit is not null ? RecordVersion.Stored('r', stored.State.Revision)
            : limit is null ? ""
            : RecordVersion.Declared(StoredLimit.Write(limit));
        if (limit is null)
        {
            desk.Close(NotFound());
        }
        else
        {
            desk.Declare(limit, clock.GetUtcNow());
        }
    }

    private StepFailure NotFound() => new(LimitFailures.NotFound, $"No limit is called '{Name}'.", Retryable: false);

    private LimitLease ToLease(LimitGrant grant) => new(Name, grant.Ticket, grant.Caller, grant.Key, grant.Pool, grant.Tokens, grant.Epoch, grant.Owner);
}
