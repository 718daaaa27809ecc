namespace Orchestrator.LocalRuntime;

/// <summary>One grain, awake: its object, the requests under way, and those which wait for them.</summary>
/// <remarks>
/// All state is touched in turns only. What other threads may do is lay something in the inbox, ask for the end, and
/// read <see cref="IsClosed"/>.
/// </remarks>
internal sealed partial class Activation(LocalSilo silo, GrainClass grainClass, GrainId grainId)
    : TurnScheduler(silo.Executor), IGrainContext, IRequestHost, IReentrantContext
{
    private object? instance;
    private Request? waitingFirst;
    private Request? waitingLast;
    private volatile int waitingCount;
    private int waitingThatMayOvertake;

    // The request that keeps others out while it is under way; the rest under way interleave with it.
    private Request? blocking;
    private int underWay;
    private List<Request>? suspended;
    private List<Guid>? reentrantChains;
    private bool watched;
    private volatile bool used;

    public LocalSilo Silo => silo;

    public GrainId GrainId => grainId;

    public GrainClass Class => grainClass;

    public GrainReference GrainReference => field ??= silo.Registry.CreateUntypedReference(silo, grainId);

    public object? GrainInstance => instance;

    public IServiceProvider ActivationServices => silo.Services;

    object IRequestHost.Instance => instance!;

    public int Backlog => InboxDepth + waitingCount;

    /// <summary>Requests under way and waiting. A hint, for choosing among stateless workers.</summary>
    public int Load => Backlog + Volatile.Read(ref underWay);

    /// <summary>Takes a request, or refuses it because this activation is over and the grain has to be found again.</summary>
    public bool Accept(Request request)
    {
        if (IsClosed)
        {
            return false;
        }

        if (Backlog >= silo.Options.QueuedRequestsPerActivationMax)
        {
            request.Fail(new LimitExceededException($"Grain {grainId} has {Backlog} requests waiting, the most that {nameof(LocalSiloOptions.QueuedRequestsPerActivationMax)} allows; {request.Method} was refused."));
            return true;
        }

        Post(request);
        return true;
    }

    /// <summary>Takes a tick of a timer of its own, whatever the limit: there is at most one of each timer, and a lost one would be the last.</summary>
    public void Accept(TimerTick tick)
    {
        if (!IsClosed)
        {
            Post(tick);
        }
    }

    protected override void Run(QueuedWork work)
    {
        if (work is Request request)
        {
            Receive(request);
        }
        else
        {
            ((Signal)work).Act(this);
        }
    }

    protected override void BeforeTurn(QueuedWork work)
    {
        if (silo.Trace is not null)
        {
            silo.NoteTurn(this, work);
        }
    }

    protected override QueuedWork? NextWaiting()
    {
        if (reason is not null && underWay == 0 && phase == Phase.Active)
        {
            BeginDeactivation();
        }

        if (waitingFirst is null || phase != Phase.Active || reason is not null)
        {
            return null;
        }

        Request? previous = null;
        for (var request = waitingFirst; request is not null; (previous, request) = (request, (Request?)request.Next))
        {
            if (MayStart(request))
            {
                Unlink(request, previous);
                return request;
            }

            if (waitingThatMayOvertake == 0)
            {
                break;
            }
        }

        return null;
    }

    private void Receive(Request request)
    {
        switch (phase)
        {
            case Phase.Closed:
                silo.Forward(request);
                break;
            case Phase.Active when reason is null && MayStart(request):
                Start(request);
                break;
            case Phase.New:
                Wait(request);
                BeginActivation();
                break;
            default:
                Wait(request);
                break;
        }
    }

    /// <summary>Whether the request may begin beside those under way: the rule of Orleans, case by case.</summary>
    private bool MayStart(Request request) =>
        underWay == 0
        || blocking is null
        || request.AlwaysInterleaves
        || grainClass.IsReentrant
        || (request.IsReadOnly && blocking.IsReadOnly)
        || (reentrantChains is { Count: > 0 } && reentrantChains.Contains(RequestContext.ReentrancyIdOf(request.Context)))
        || (grainClass.HasPredicate && PredicateAllows(request, blocking));

    private bool PredicateAllows(Request request, Request underWayNow)
    {
        try
        {
            return grainClass.MayInterleave(request) || grainClass.MayInterleave(underWayNow);
        }
        catch (Exception failure)
        {
            // The caller learns of it. Its request is then taken out of the queue, and not begun.
            request.Fail(failure);
            return request.IsSettled;
        }
    }

    private bool MayOvertake(Request request) => request.IsReadOnly || request.AlwaysInterleaves || request.Context is not null || grainClass.HasPredicate;

    private void Start(Request request)
    {
        if (request.IsSettled)
        {
            // Its caller gave up while it waited here.
            return;
        }

        underWay++;
        if (blocking is null && !request.AlwaysInterleaves)
        {
            blocking = request;
        }

        used |= request is not TimerTick { KeepsAlive: false };
        if (request.Context is not null)
        {
            RequestContext.Import(request.Context);
        }

        // Filters stand around calls, and a tick is nobody's call.
        if ((silo.IncomingFilters.Length == 0 && instance is not IIncomingGrainCallFilter) || request is TimerTick)
        {
            request.Run(this);
        }
        else
        {
            _ = IncomingCall.RunAsync(request, this);
        }
    }

    protected override void OnFault(Exception fault)
    {
        silo.LogFault(fault, GrainId.ToString());
        reason ??= new(DeactivationReasonCode.ApplicationError, fault, "The activation failed in a turn.");
    }

    public void Suspended(Request request)
    {
        (suspended ??= new(1)).Add(request);
        Watch();
    }

    public void Finished(Request request, Exception? failure)
    {
        underWay--;
        suspended?.Remove(request);
        if (blocking == request)
        {
            blocking = null;
        }

        if (failure is InconsistentStateException { IsSourceActivation: true } conflict)
        {
            conflict.IsSourceActivation = false;
            Deactivate(new(DeactivationReasonCode.ApplicationError, conflict, "The grain's stored record was changed by someone else."));
        }
    }

    public void EnterReentrantSection(Guid id) => (reentrantChains ??= new(1)).Add(id);

    public void LeaveReentrantSection(Guid id) => reentrantChains?.Remove(id);

    private void Wait(Request request)
    {
        request.Next = null;
        if (waitingLast is null)
        {
            waitingFirst = request;
        }
        else
        {
            waitingLast.Next = request;
        }

        waitingLast = request;
        waitingCount++;
        waitingThatMayOvertake += MayOvertake(request) ? 1 : 0;
        Watch();
    }

    private void Unlink(Request request, Request? previous)
    {
        var next = (Request?)request.Next;
        if (previous is null)
        {
            waitingFirst = next;
        }
        else
        {
            previous.Next = next;
        }

        if (next is null)
        {
            waitingLast = previous;
        }

        request.Next = null;
        waitingCount--;
        waitingThatMayOvertake -= MayOvertake(request) ? 1 : 0;
    }

    /// <summary>Something to do in a turn that is no request.</summary>
    internal sealed class Signal(Action<Activation> act) : QueuedWork
    {
        public Action<Activation> Act => act;
    }
}
