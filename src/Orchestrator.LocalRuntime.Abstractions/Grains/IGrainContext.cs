namespace Orchestrator.LocalRuntime;

/// <summary>One activation of a grain: the time between its first message and its deactivation, in one process.</summary>
public interface IGrainContext
{
    GrainId GrainId { get; }

    /// <summary>A reference to this grain, for giving away.</summary>
    GrainReference GrainReference { get; }

    /// <summary>The object that holds the grain's code and state; null while it is being made.</summary>
    object? GrainInstance { get; }

    /// <summary>The services of the process. The local runtime makes no scope per activation: register what grains use as singleton or transient.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Completes when the activation has ended.</summary>
    Task Deactivated { get; }

    /// <summary>Ends the activation once the requests that have begun are done. Later messages go to a fresh activation. A second call changes nothing.</summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}

/// <summary>Gives constructors of grain helpers the activation they belong to.</summary>
public interface IGrainContextAccessor
{
    /// <summary>The activation whose turn it is; throws outside a turn.</summary>
    IGrainContext GrainContext { get; }
}

/// <summary>What the runtime asks of a grain class; <c>Grain</c> has it.</summary>
public interface IGrainBase
{
    IGrainContext GrainContext { get; }

    /// <summary>Runs after persistent state was read and before the first message. A throw ends the activation and reaches every waiting caller.</summary>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs last. It is a courtesy, not a promise: a crash skips it.</summary>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
