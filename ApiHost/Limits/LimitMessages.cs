using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Decisions.Limits;
using Orchestrator.Grains.Limits;
using Orchestrator.Vocabulary.Limits;

namespace Orchestrator.ApiHost.Limits;

/// <summary>Declares a named limit. It counts requests, tokens or calls at a time, at least one of them.</summary>
/// <param name="Name">The one in the path, where it is given.</param>
/// <param name="Scope">Whose capacity it is: <c>global</c>, which all keys share, or one for each <c>agent</c>, <c>plan</c> or <c>key</c>.</param>
/// <param name="KeyFrom">Where the key of a call is taken from when its step does not say: <c>workflow</c>, <c>plan</c>, <c>agent</c>, or <c>tag:NAME</c>.</param>
/// <param name="Requests">Calls in each period.</param>
/// <param name="Tokens">Tokens of language models in each period: reserved by estimate, settled by what a call used.</param>
/// <param name="Concurrency">Calls at a time: 1 to 1,000,000.</param>
/// <param name="OnLimit">What becomes of a call that finds no room: <c>reject</c>, <c>queue</c>, <c>wait</c> (as <c>queue</c>, for <c>waitMax</c>) or <c>degrade</c>.</param>
/// <param name="WaitMax">With <c>wait</c>: seconds, or ISO 8601, up to 31 days; an hour without one.</param>
/// <param name="QueueMax">Calls that may wait: 0 to 1,000,000; 10,000 without one.</param>
/// <param name="TokensEstimate">Reserved for a call whose step does not say how many tokens it may use; 1,000 without one.</param>
/// <param name="FallbackAgent">With <c>degrade</c>: the agent that is called instead.</param>
/// <param name="FallbackModel">With <c>degrade</c>: the model that the same agent asks instead.</param>
/// <param name="Weights">Shares of keys that do not have the usual one of 1, by key: 1 to 1,000.</param>
internal sealed record LimitRequestBody(
    string? Name = null,
    LimitScope Scope = LimitScope.Global,
    string KeyFrom = "workflow",
    LimitRateRequest? Requests = null,
    LimitRateRequest? Tokens = null,
    int? Concurrency = null,
    OnLimit OnLimit = OnLimit.Wait,
    JsonElement? WaitMax = null,
    int QueueMax = 10_000,
    int TokensEstimate = 1_000,
    string? FallbackAgent = null,
    string? FallbackModel = null,
    ImmutableSortedDictionary<string, int>? Weights = null,
    string? Description = null)
{
    public Limit Limit(string name, RequestCheck check)
    {
        if (Name is not null && Name != name)
        {
            check.Member("/name", $"The name in the path is '{RequestCheck.Shown(name)}', found '{RequestCheck.Shown(Name)}'.");
        }

        var limit = LimitRules.Complete(new(
            name,
            Scope,
            KeyFrom,
            Requests?.Rate("/requests", check),
            Tokens?.Rate("/tokens", check),
            Concurrency,
            OnLimit,
            SecondsText.Read(WaitMax, "/waitMax", LimitRules.PeriodMin, LimitRules.PeriodMax, check),
            QueueMax,
            TokensEstimate,
            FallbackAgent,
            FallbackModel,
            [.. (Weights ?? ImmutableSortedDictionary<string, int>.Empty).Select(one => new KeyWeight(one.Key, one.Value))],
            Description));
        foreach (var (member, message) in LimitRules.Problems(limit))
        {
            check.Member("/" + member, message);
        }

        return limit;
    }
}

/// <param name="Amount">1 to 1,000,000,000,000.</param>
/// <param name="Per">The period: seconds, or ISO 8601, 1 ms to 31 days; a minute without one.</param>
/// <param name="Burst">What may come at once after a rest; the amount without one.</param>
internal sealed record LimitRateRequest(long Amount, JsonElement? Per = null, long? Burst = null)
{
    public LimitRate Rate(string pointer, RequestCheck check) => new(
        Amount, SecondsText.Read(Per, pointer + "/per", LimitRules.PeriodMin, LimitRules.PeriodMax, check) ?? TimeSpan.FromMinutes(1), Burst ?? Amount);
}

internal sealed record LimitRateResponse(long Amount, long PerMs, long Burst)
{
    public static LimitRateResponse? Of(LimitRate? rate) => rate is null ? null : new(rate.Amount, (long)rate.Per.TotalMilliseconds, rate.Burst);
}

/// <summary>A named limit as it stands.</summary>
/// <param name="Version">Changes with every change; also its ETag.</param>
/// <param name="Declared">It comes from configuration; a PUT under its name takes its place.</param>
/// <param name="Held">Calls under way.</param>
/// <param name="Waiting">Calls that wait for room.</param>
/// <param name="OldestWaitMs">How long the call has waited that waits longest.</param>
/// <param name="Granted">Calls let through since the process that keeps the limit began to.</param>
/// <param name="Refused">Calls refused or sent to the fallback since then.</param>
/// <param name="Capacities">What is left: one entry for a global limit, otherwise one for each agent, plan or key in use, at most 200.</param>
/// <param name="Keys">Those with calls under way or waiting, the longest queues first: at most 200.</param>
/// <param name="KeysInUse">How many such keys there are.</param>
internal sealed record LimitResponse(
    string Name,
    LimitScope Scope,
    string KeyFrom,
    LimitRateResponse? Requests,
    LimitRateResponse? Tokens,
    int? Concurrency,
    OnLimit OnLimit,
    long? WaitMaxMs,
    int QueueMax,
    int TokensEstimate,
    string? FallbackAgent,
    string? FallbackModel,
    ImmutableSortedDictionary<string, int> Weights,
    string? Description,
    string Version,
    bool Declared,
    int Held,
    int Waiting,
    long OldestWaitMs,
    long Granted,
    long Refused,
    ImmutableArray<LimitCapacityResponse> Capacities,
    ImmutableArray<LimitKeyResponse> Keys,
    int KeysInUse)
{
    public static LimitResponse Of(LimitView view)
    {
        var limit = view.Limit;
        return new(
            limit.Name,
            limit.Scope,
            limit.KeyFrom,
            LimitRateResponse.Of(limit.Requests),
            LimitRateResponse.Of(limit.Tokens),
            limit.Concurrency,
            limit.OnLimit,
            limit.OnLimit == OnLimit.Wait ? (long)limit.Patience.TotalMilliseconds : null,
            limit.QueueMax,
            limit.TokensEstimate,
            limit.FallbackAgent,
            limit.FallbackModel,
            limit.Weights.ToImmutableSortedDictionary(one => one.Key, one => one.Weight, StringComparer.Ordinal),
            limit.Description,
            view.Version,
            view.Declared,
            view.Held,
            view.Waiting,
            (long)view.OldestWait.TotalMilliseconds,
            view.Granted,
            view.Refused,
            [.. view.Pools.Select(pool => new LimitCapacityResponse(pool.Pool, pool.Held, pool.Waiting, pool.RequestsLeft, pool.TokensLeft))],
            [.. view.Keys.Select(key => new LimitKeyResponse(key.Key, key.Pool, key.Weight, key.Held, key.Waiting, (long)key.OldestWait.TotalMilliseconds))],
            view.KeysInUse);
    }
}

/// <param name="Of">Whose it is: the agent, the plan or the key; empty for a global limit.</param>
/// <param name="RequestsLeft">What may come at once; null where calls are not counted.</param>
/// <param name="TokensLeft">Likewise of tokens; less than none where calls used more than they had reserved.</param>
internal sealed record LimitCapacityResponse(string Of, int Held, int Waiting, long? RequestsLeft, long? TokensLeft);

internal sealed record LimitKeyResponse(string Key, string Capacity, int Weight, int Held, int Waiting, long OldestWaitMs);
