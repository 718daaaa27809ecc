using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Decisions.Limits;

/// <summary>One attempt that asks for room under a limit.</summary>
/// <param name="Ticket">Names the attempt: the same attempt always asks with the same ticket.</param>
/// <param name="Caller">Whom to tell of a later grant.</param>
/// <param name="Pool">Which of the limit's capacities it draws on: see <see cref="LimitKeys"/>.</param>
/// <param name="Priority">1 to 5, 5 the most urgent; what lies outside counts as the nearest. It orders what waits under one key.</param>
/// <param name="Tokens">What the call may use; null for the limit's own estimate.</param>
/// <param name="Epoch">The start of <paramref name="Owner"/> that owns the attempt.</param>
public readonly record struct LimitAsk(string Ticket, string Caller, string Key, string Pool, int Priority, int? Tokens, long Epoch, string Owner = "");

/// <summary>Room for one call.</summary>
/// <param name="Tokens">Reserved; 0 where the limit counts none.</param>
public sealed record LimitGrant(string Ticket, string Caller, string Key, string Pool, long Tokens, long Epoch, string Owner = "");

/// <summary>Exactly one of the first three is set, or <paramref name="Degrade"/>.</summary>
/// <param name="Degrade">The call is to be made at the limit's fallback.</param>
public readonly record struct LimitAnswer(LimitGrant? Grant, Wait? Wait = null, StepFailure? Failure = null, bool Degrade = false);

/// <summary>What the desk wants done, in this order.</summary>
public abstract record LimitEffect
{
    private LimitEffect()
    {
    }

    /// <summary>A caller that was told to wait has room now.</summary>
    public sealed record TellGranted(LimitGrant Grant) : LimitEffect;

    /// <summary>A caller that was told to wait will not have room.</summary>
    public sealed record TellRefused(string Ticket, string Caller, StepFailure Failure) : LimitEffect;
}

/// <summary>How a desk treats those who wait and those who fell silent.</summary>
/// <param name="LeaseFor">A lease neither released nor renewed for this long ends.</param>
/// <param name="PassedOverMax">After so many turns of its key at more urgent levels, a level that waits has the next one.</param>
/// <param name="SettleFor">A desk that may have had a predecessor grants nothing for this long, in which whoever holds a lease of that one renews it here.</param>
/// <param name="KeysMax">Keys that one limit keeps apart at the same time.</param>
public sealed record LimitDeskPolicy(TimeSpan LeaseFor, int PassedOverMax, TimeSpan SettleFor, int KeysMax)
{
    public static LimitDeskPolicy Default { get; } = new(TimeSpan.FromSeconds(10), 20, TimeSpan.FromSeconds(5), 10_000);
}

/// <summary>One key as its limit knows it.</summary>
/// <param name="WaitingSince">Of the longest waiting call; null when none waits.</param>
public readonly record struct KeyStanding(string Pool, string Key, int Weight, int Held, int Waiting, DateTimeOffset? WaitingSince);

/// <summary>One capacity as it stands; null where the limit does not count it.</summary>
public readonly record struct PoolStanding(string Pool, int Held, int Waiting, long? RequestsLeft, long? TokensLeft);
