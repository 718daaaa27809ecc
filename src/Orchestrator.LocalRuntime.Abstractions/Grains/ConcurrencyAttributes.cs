namespace Orchestrator.LocalRuntime;

/// <summary>Lets every request to grains of this class begin while others wait for something. Still one turn at a time.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;

/// <summary>Lets requests to this method begin at any time.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;

/// <summary>Lets requests to this method begin while only other such requests are under way.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;

/// <summary>Names a <c>static bool</c> method of the class that takes an <see cref="IInvokable"/> and says whether that request may begin at any time.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MayInterleaveAttribute(string callbackMethodName) : Attribute
{
    public string CallbackMethodName { get; } = callbackMethodName;
}

/// <summary>The caller's task completes as soon as the request is sent. Whether it arrives or succeeds stays unknown to the caller.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;

/// <summary>Where a grain should be activated. Inert in one process, where there is one place only.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class PlacementAttribute : Attribute;

/// <summary>Prefers the process of the first caller.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PreferLocalPlacementAttribute : PlacementAttribute;

/// <summary>Activates a grain in any process.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RandomPlacementAttribute : PlacementAttribute;

/// <summary>Lets one grain have several activations in a process, so that its requests run side by side. Such a grain has no identity worth keeping state under.</summary>
/// <param name="maxLocalWorkers">1 or more; the default, -1, means one for each processor.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StatelessWorkerAttribute(int maxLocalWorkers = -1) : PlacementAttribute
{
    public int MaxLocalWorkers { get; } = maxLocalWorkers;
}
