namespace Orchestrator.LocalRuntime;

/// <summary>The base of grain classes. Its code runs one turn at a time and needs no locks.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly IGrainContext? context;

    /// <summary>Takes the activation that is being made on this turn.</summary>
    protected Grain() => context = RuntimeContext.Current;

    protected Grain(IGrainContext grainContext) => context = grainContext;

    public IGrainContext GrainContext => context ?? throw new InvalidOperationException($"{GetType().Name} was made outside the runtime, so it has no identity and no context.");

    public GrainReference GrainReference => GrainContext.GrainReference;

    public string IdentityString => GrainContext.GrainId.ToString();

    public string RuntimeIdentity => ((Activation)GrainContext).Silo.Name;

    protected IGrainFactory GrainFactory => ((Activation)GrainContext).Silo.Grains;

    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation once the requests that have begun are done.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>Counts this activation as in use for the time given; a negative time takes an earlier wish back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => ((Activation)GrainContext).DelayDeactivation(timeSpan);
}

/// <summary>Which activation's turn it is.</summary>
internal static class RuntimeContext
{
    public static Activation? Current => TaskScheduler.Current as Activation;
}

internal sealed class GrainContextAccessor : IGrainContextAccessor
{
    public IGrainContext GrainContext => RuntimeContext.Current ?? throw new InvalidOperationException("There is a grain context only during a grain's turn.");
}
