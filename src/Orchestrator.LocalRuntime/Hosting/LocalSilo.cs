using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orchestrator.LocalRuntime;

/// <summary>The grains of one process: finds the activation for a request, or makes it.</summary>
internal sealed partial class LocalSilo : IGrainReferenceRuntime
{
    /// <summary>How often in a row an activation that has ended may be found for one request. It is removed by the thread that ends it, which is about to do so.</summary>
    private const int EndedFindsMax = 1_000;

    private readonly ConcurrentDictionary<GrainId, Activation> activations = new();
    private readonly ConcurrentDictionary<GrainId, WorkerPool> pools = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource stopped = new();
    private readonly SlowCallWatch slowCalls;
    private readonly ILogger logger;
    private int activationCount;

    public LocalSilo(IServiceProvider services, GrainRegistry registry, TimeProvider clock, ITurnExecutor executor, IOptions<LocalSiloOptions> options, ILogger<LocalSilo> logger)
    {
        (Services, Registry, Clock, Executor, Options, this.logger) = (services, registry, clock, executor, options.Value, logger);
        IncomingFilters = [.. services.GetServices<IIncomingGrainCallFilter>()];
        OutgoingFilters = [.. services.GetServices<IOutgoingGrainCallFilter>()];
        Grains = new(this);
        slowCalls = new(this);
    }

    public string Name => Options.Name;

    public IServiceProvider Services { get; }

    public GrainRegistry Registry { get; }

    public TimeProvider Clock { get; }

    public ITurnExecutor Executor { get; }

    public LocalSiloOptions Options { get; }

    public LocalGrainFactory Grains { get; }

    public IIncomingGrainCallFilter[] IncomingFilters { get; }

    public IOutgoingGrainCallFilter[] OutgoingFilters { get; }

    /// <summary>Cancelled when the silo begins to stop: handed to <c>OnActivateAsync</c>.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Cancelled when the silo gives up waiting: handed to <c>OnDeactivateAsync</c>.</summary>
    public CancellationToken Stopped => stopped.Token;

    public SiloStatus Status => stopped.IsCancellationRequested ? SiloStatus.Dead : stopping.IsCancellationRequested ? SiloStatus.Stopping : SiloStatus.Active;

    public int ActivationCount => Volatile.Read(ref activationCount);

    public void Send(GrainReference reference, Request request)
    {
        if (node is not null && RuntimeContext.Current is { } caller && caller.Silo != this)
        {
            // The reference came from another simulated process. A real one would have been bound anew on arrival.
            caller.Silo.Send(reference, request);
            return;
        }

        request.Reference = reference;
        request.Target = reference.GrainId;
        request.Source = RuntimeContext.Current;
        request.Context = RequestContext.Export();
        if (OutgoingFilters.Length == 0)
        {
            Route(request);
        }
        else
        {
            _ = OutgoingCall.RunAsync(request, this);
        }
    }

    /// <summary>Sends what nobody called: a stream's event, a reminder's tick.</summary>
    public Task SendEvent(Request<bool> request)
    {
        var done = request.Expect();
        Forward(request);
        return done;
    }

    public GrainReference CreateReference(Type interfaceType, GrainId grainId) => Registry.CreateReference(this, interfaceType, grainId);

    public void Route(Request request)
    {
        var token = request.GetCancellationToken();
        if (token.CanBeCanceled && !ObserveCancellation(request, token))
        {
            return;
        }

        if (node is not null || request.Reference!.LastTarget is not Activation last || !last.Accept(request))
        {
            Forward(request);
        }
    }

    /// <summary>Finds the activation for a request whose caller did not know it, or knew one that is over.</summary>
    public void Forward(Request request) => Forward(request, arrived: false);

    private void Forward(Request request, bool arrived)
    {
        try
        {
            if (node is not null && (Executor.IsOver || !simulation!.Network.IsLocal(node, request, arrived)))
            {
                // It is on its way to another process; or this one has crashed, and what is left of the turn it crashed in reaches nobody.
                return;
            }

            var activation = FindOrMake(request.Target);
            for (var wait = new SpinWait(); !activation.Accept(request); activation = FindOrMake(request.Target))
            {
                if (wait.Count == EndedFindsMax)
                {
                    throw new InvalidOperationException($"Grain {request.Target} was asked for {request.Method} and {EndedFindsMax} times found in an activation of silo '{Name}' that has ended and was never removed.");
                }

                wait.SpinOnce();
            }

            if (activation.Class.WorkersMax == 0 && node is null && request.Reference is { } reference)
            {
                reference.LastTarget = activation;
            }
        }
        catch (Exception failure) when (failure is OrleansException or ArgumentException)
        {
            request.Fail(failure);
        }
    }

    public Activation FindOrMake(GrainId grainId)
    {
        if (activations.TryGetValue(grainId, out var activation))
        {
            return activation;
        }

        var grainClass = Registry.Class(grainId.Type);
        if (grainClass.WorkersMax > 0)
        {
            return pools.GetOrAdd(grainId, static (_, of) => new(of), grainClass).Pick(this, grainId);
        }

        var made = Make(grainClass, grainId);
        activation = activations.GetOrAdd(grainId, made);
        if (activation != made)
        {
            Interlocked.Decrement(ref activationCount);
        }

        return activation;
    }

    public Activation Make(GrainClass grainClass, GrainId grainId)
    {
        if (stopping.IsCancellationRequested)
        {
            throw new SiloUnavailableException($"Silo '{Name}' is stopping and activates no grain any more; {grainId} was asked for.");
        }

        if (Interlocked.Increment(ref activationCount) > Options.ActivationsMax)
        {
            Interlocked.Decrement(ref activationCount);
            throw new LimitExceededException($"Silo '{Name}' holds {Options.ActivationsMax} activations, the most that {nameof(LocalSiloOptions.ActivationsMax)} allows; {grainId} was refused.");
        }

        return new(this, grainClass, grainId);
    }

    public void Remove(Activation activation)
    {
        Interlocked.Decrement(ref activationCount);
        if (activation.Class.WorkersMax > 0)
        {
            pools[activation.GrainId].Remove(activation);
        }
        else
        {
            activations.TryRemove(new(activation.GrainId, activation));
            simulation?.Network.DirectoryOf(node!).Release(activation.GrainId, node!);
        }
    }

    /// <summary>All activations, in the order of their names: whoever walks over them shows the same order on every run.</summary>
    public IReadOnlyList<Activation> Activations() =>
        [.. activations.Values.Concat(pools.Values.SelectMany(pool => pool.Activations())).OrderBy(activation => activation.GrainId)];

    public void Watch(Activation activation) => slowCalls.Add(activation);

    /// <summary>Ends what is awake, waiting for requests under way as long as the options allow.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // Not CancelAsync, which runs what was registered on the thread pool.
        stopping.Cancel();
        var ending = Activations();
        foreach (var activation in ending)
        {
            activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The silo is stopping."), cancellationToken);
        }

        if (!await EndedInTimeAsync(ending, cancellationToken))
        {
            LogStopAbandoned(Name, ActivationCount, Options.StopTimeout);
        }

        stopped.Cancel();
    }

    // Not WhenAll and WaitAsync: what they attach to a task that continues asynchronously runs on the thread pool, where no simulated turn may be.
    private async Task<bool> EndedInTimeAsync(IReadOnlyList<Activation> ending, CancellationToken cancellationToken)
    {
        var left = ending.Count;
        if (left == 0)
        {
            return true;
        }

        var outcome = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var patience = Clock.CreateTimer(_ => outcome.TrySetResult(false), null, Options.StopTimeout, Timeout.InfiniteTimeSpan);
        using var given = cancellationToken.UnsafeRegister(_ => outcome.TrySetResult(false), null);
        _ = ending.Select(CountAsync).ToArray();
        return await outcome.Task;

        async Task CountAsync(Activation activation)
        {
            await activation.Deactivated;
            if (Interlocked.Decrement(ref left) == 0)
            {
                outcome.TrySetResult(true);
            }
        }
    }

    /// <summary>Ends the caller's wait as soon as it cancels; the grain sees the same token. False if it had cancelled already.</summary>
    private static bool ObserveCancellation(Request request, CancellationToken token)
    {
        if (token.IsCancellationRequested)
        {
            request.Cancel(token);
            return false;
        }

        if (request.Outcome is { } outcome)
        {
            var registration = token.UnsafeRegister(static (state, cancelled) => ((Request)state!).Cancel(cancelled), request);
            outcome.ContinueWith(static (_, state) => ((CancellationTokenRegistration)state!).Unregister(), registration, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return true;
    }
}
