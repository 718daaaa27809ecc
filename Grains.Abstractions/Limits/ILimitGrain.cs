using System.Collections.Immutable;
using Orchestrator.Vocabulary;
using Orchestrator.Vocabulary.Limits;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Grains.Limits;

/// <summary>One named limit: its declaration, what is out of it, and who waits. The key is the limit's name.</summary>
[Alias("limit-grain")]
public interface ILimitGrain : IGrainWithStringKey
{
    /// <summary>Stores the limit, or changes it. Durable when the task completes, and felt at once by those who wait; the same limit again changes nothing.</summary>
    /// <param name="expectedVersion">The version to replace; <c>""</c> for none yet, null for whichever there is. Another one is refused with <c>limit.version</c>.</param>
    [Alias("put")]
    Task<LimitChange> PutAsync(Limit limit, string? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>Forgets a stored limit; a declared one of the same name holds again. Without one, those who wait are refused with <c>limit.not_found</c>.</summary>
    [Alias("remove")]
    Task<LimitChange> RemoveAsync(string? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>The limit as it stands, with who uses it; null when nobody declared it.</summary>
    [Alias("get")]
    Task<LimitView?> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks for room for one call. Granted or refused at once, or queued and granted later through <c>IStepGrain.LimitGrantedAsync</c>.</summary>
    /// <remarks>Asking again with the same ticket gives the same lease, or the present place in the queue.</remarks>
    [Alias("acquire")]
    Task<LimitReply> AcquireAsync(LimitRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gives the room back after the call. A lease that is not out is ignored.</summary>
    [Alias("release")]
    Task ReleaseAsync(LimitRelease release, CancellationToken cancellationToken = default);

    /// <summary>Leaves the queue, or gives back a lease whose call was never made, with what it cost.</summary>
    [Alias("withdraw")]
    Task WithdrawAsync(string ticket, CancellationToken cancellationToken = default);

    /// <summary>Says that a call is still under way. A lease that was forgotten, because the limit moved or restarted, is taken up again.</summary>
    [Alias("renew")]
    Task RenewAsync(LimitLease lease, CancellationToken cancellationToken = default);
}

/// <summary>Which limits there are. The key is always <see cref="Key"/>.</summary>
[Alias("limit-directory")]
public interface ILimitDirectoryGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Notes a stored limit, durably, or refuses one too many with <c>limit.too_many</c>. Called by the limit's own grain.</summary>
    [Alias("note")]
    Task<Refusal?> NoteAsync(string name, CancellationToken cancellationToken = default);

    [Alias("forget")]
    Task ForgetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>All names, in their order: those the host declares and those that were stored.</summary>
    [Alias("list")]
    Task<ImmutableArray<string>> ListAsync(CancellationToken cancellationToken = default);
}

/// <param name="Version">Of the limit after the change: the strong ETag of the API. Null when there is none.</param>
[GenerateSerializer, Immutable, Alias("limit-change")]
public sealed record LimitChange([property: Id(0)] string? Version, [property: Id(1)] Refusal? Refusal = null);

/// <summary>Asks for room for one attempt.</summary>
/// <param name="Ticket">Names the attempt: the same attempt always asks with the same ticket.</param>
/// <param name="Caller">The key of the step grain to call back.</param>
/// <param name="Agent">The agent that is to be called.</param>
/// <param name="Key">What the step said; null when the limit says where the key is taken from.</param>
/// <param name="Tokens">What the call may use; null for the limit's own estimate.</param>
/// <param name="Epoch">The process start that owns the attempt; its leases end when a later start of the same owner is seen.</param>
[GenerateSerializer, Immutable, Alias("limit-request")]
public sealed record LimitRequest(
    [property: Id(0)] string Ticket,
    [property: Id(1)] string Caller,
    [property: Id(2)] int Priority,
    [property: Id(3)] string Workflow,
    [property: Id(4)] string Plan,
    [property: Id(5)] string Agent,
    [property: Id(6)] ImmutableSortedDictionary<string, string>? Tags,
    [property: Id(7)] string? Key,
    [property: Id(8)] int? Tokens,
    [property: Id(9)] long Epoch,
    [property: Id(10)] string Owner = "");

/// <summary>A lease, a place in the queue, why there is neither, or where to make the call instead.</summary>
[GenerateSerializer, Immutable, Alias("limit-reply")]
public sealed record LimitReply(
    [property: Id(0)] LimitLease? Lease,
    [property: Id(1)] Wait? Wait = null,
    [property: Id(2)] StepFailure? Failure = null,
    [property: Id(3)] LimitFallback? Fallback = null);

/// <summary>Where a call goes that finds no room: one of the two is set.</summary>
[GenerateSerializer, Immutable, Alias("limit-fallback")]
public sealed record LimitFallback([property: Id(0)] string? Agent, [property: Id(1)] string? Model);

/// <summary>Room for one call, until it is released or not renewed in time.</summary>
/// <param name="Pool">Which of the limit's capacities it draws on.</param>
/// <param name="Tokens">Reserved.</param>
[GenerateSerializer, Immutable, Alias("limit-lease")]
public sealed record LimitLease(
    [property: Id(0)] string Limit,
    [property: Id(1)] string Ticket,
    [property: Id(2)] string Caller,
    [property: Id(3)] string Key,
    [property: Id(4)] string Pool,
    [property: Id(5)] long Tokens,
    [property: Id(6)] long Epoch,
    [property: Id(7)] string Owner = "");

/// <param name="Tokens">What the call used; null when nobody counted.</param>
[GenerateSerializer, Immutable, Alias("limit-release")]
public sealed record LimitRelease([property: Id(0)] string Ticket, [property: Id(1)] long? Tokens = null);

/// <summary>A limit as its readers see it.</summary>
/// <param name="Declared">It comes from configuration, and was not replaced.</param>
/// <param name="OldestWait">How long the call has waited that waits longest; zero when none does.</param>
/// <param name="Granted">Calls let through since this activation of the limit.</param>
/// <param name="Pools">Its capacities that are in use: at most <see cref="ShownMax"/>.</param>
/// <param name="Keys">Those with calls out or waiting, the longest queues first: at most <see cref="ShownMax"/>.</param>
/// <param name="KeysInUse">How many such keys there are.</param>
[GenerateSerializer, Immutable, Alias("limit-view")]
public sealed record LimitView(
    [property: Id(0)] Limit Limit,
    [property: Id(1)] string Version,
    [property: Id(2)] bool Declared,
    [property: Id(3)] int Held,
    [property: Id(4)] int Waiting,
    [property: Id(5)] TimeSpan OldestWait,
    [property: Id(6)] long Granted,
    [property: Id(7)] long Refused,
    [property: Id(8)] ImmutableArray<LimitPoolView> Pools,
    [property: Id(9)] ImmutableArray<LimitKeyView> Keys,
    [property: Id(10)] int KeysInUse)
{
    public const int ShownMax = 200;
}

/// <param name="RequestsLeft">What may come at once; null where calls are not counted.</param>
/// <param name="TokensLeft">Likewise of tokens; less than none where calls used more than they had reserved.</param>
[GenerateSerializer, Immutable, Alias("limit-pool-view")]
public sealed record LimitPoolView(
    [property: Id(0)] string Pool, [property: Id(1)] int Held, [property: Id(2)] int Waiting, [property: Id(3)] long? RequestsLeft, [property: Id(4)] long? TokensLeft);

[GenerateSerializer, Immutable, Alias("limit-key-view")]
public sealed record LimitKeyView(
    [property: Id(0)] string Pool, [property: Id(1)] string Key, [property: Id(2)] int Weight, [property: Id(3)] int Held, [property: Id(4)] int Waiting, [property: Id(5)] TimeSpan OldestWait);
