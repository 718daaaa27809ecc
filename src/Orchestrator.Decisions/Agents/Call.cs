namespace Orchestrator.Decisions.Agents;

internal enum CallStage
{
    Waiting = 1,

    /// <summary>It holds room while the breaker is asked whether it may go through.</summary>
    AskingBreaker = 2,
    Leased = 3,
}

/// <summary>One attempt known to the desk. It is a link of exactly one chain: its group's line, or the leases in the order they end.</summary>
internal sealed class Call(SlotAsk ask, DateTimeOffset askedAt)
{
    public SlotAsk Ask { get; private set; } = ask;

    public DateTimeOffset AskedAt { get; } = askedAt;

    public CallStage Stage { get; set; } = CallStage.Waiting;

    public Seat? Seat { get; set; }

    public bool Probe { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public Call? Previous { get; set; }

    public Call? Next { get; set; }

    public GroupLine? Line { get; set; }

    /// <summary>Grows along a group's line.</summary>
    public long Sequence { get; set; }

    /// <summary>The attempt is made elsewhere now: it ends with the process that asked last, not with the one that asked first.</summary>
    public void MoveTo(in SlotAsk ask) => Ask = Ask with { Caller = ask.Caller, Epoch = ask.Epoch, Owner = ask.Owner, Host = ask.Host };

    /// <summary>The lease is the one this call has, for the process that makes the attempt now.</summary>
    public bool IsOf(SlotGrant lease) => Ask.Owner == lease.Owner && Ask.Epoch == lease.Epoch && Seat!.Instance.Endpoint == lease.Instance.Endpoint;

    public SlotGrant ToGrant() => new(Ask.Ticket, Ask.Caller, Seat!.Instance, Probe, Ask.Epoch, Ask.Owner);
}

/// <summary>A chain of calls: joining, leaving and returning to the front cost the same however long it is.</summary>
internal class CallChain
{
    public Call? First { get; private set; }

    public Call? Last { get; private set; }

    public int Count { get; private set; }

    public void Append(Call call)
    {
        (call.Previous, call.Next) = (Last, null);
        if (Last is null)
        {
            First = call;
        }
        else
        {
            Last.Next = call;
        }

        Last = call;
        Count++;
    }

    public void Prepend(Call call)
    {
        (call.Previous, call.Next) = (null, First);
        if (First is null)
        {
            Last = call;
        }
        else
        {
            First.Previous = call;
        }

        First = call;
        Count++;
    }

    public void Remove(Call call)
    {
        if (call.Previous is null)
        {
            First = call.Next;
        }
        else
        {
            call.Previous.Next = call.Next;
        }

        if (call.Next is null)
        {
            Last = call.Previous;
        }
        else
        {
            call.Next.Previous = call.Previous;
        }

        (call.Previous, call.Next) = (null, null);
        Count--;
    }
}
