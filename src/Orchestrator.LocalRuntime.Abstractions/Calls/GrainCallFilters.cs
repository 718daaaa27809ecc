using System.Reflection;

namespace Orchestrator.LocalRuntime;

/// <summary>A call on its way through the filters.</summary>
public interface IGrainCallContext
{
    IInvokable Request { get; }

    /// <summary>The grain instance for an incoming call, the reference for an outgoing one.</summary>
    object Grain { get; }

    GrainId? SourceId { get; }

    GrainId TargetId { get; }

    string InterfaceName { get; }

    string MethodName { get; }

    MethodInfo InterfaceMethod { get; }

    /// <summary>What the call gave, after <see cref="Invoke"/>. A filter may put another value of the same type in its place.</summary>
    object? Result { get; set; }

    /// <summary>Goes on to the next filter, at last to the method. A filter that does not call it ends the call with its <see cref="Result"/>.</summary>
    Task Invoke();
}

public interface IIncomingGrainCallContext : IGrainCallContext
{
    IGrainContext TargetContext { get; }
}

public interface IOutgoingGrainCallContext : IGrainCallContext
{
    IGrainContext? SourceContext { get; }
}

/// <summary>Stands around every call into the grains of a process, or, implemented by a grain, around every call into that grain. Runs in the grain's turn.</summary>
public interface IIncomingGrainCallFilter
{
    Task Invoke(IIncomingGrainCallContext context);
}

/// <summary>Stands around every call which grains and clients of a process make. Runs in the caller's turn.</summary>
public interface IOutgoingGrainCallFilter
{
    Task Invoke(IOutgoingGrainCallContext context);
}
