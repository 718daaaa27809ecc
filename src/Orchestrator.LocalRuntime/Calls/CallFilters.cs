using System.Reflection;

namespace Orchestrator.LocalRuntime;

/// <summary>A call on its way through filters, made only where there are some.</summary>
internal abstract class FilteredCall(Request request) : IGrainCallContext
{
    private int stage;

    public IInvokable Request => request;

    public abstract object Grain { get; }

    public GrainId? SourceId => request.Source?.GrainId;

    public GrainId TargetId => request.Target;

    public string InterfaceName => request.GetInterfaceName();

    public string MethodName => request.GetMethodName();

    public MethodInfo InterfaceMethod => request.GetMethod();

    public object? Result { get; set; }

    /// <summary>The next stage of the call. After the last filter comes the method; a filter may call it again to repeat what follows it.</summary>
    public async Task Invoke()
    {
        var here = stage;
        stage = here + 1;
        try
        {
            await InvokeStage(here);
        }
        finally
        {
            stage = here;
        }
    }

    protected Request Inner => request;

    protected abstract Task InvokeStage(int stage);
}

internal sealed class IncomingCall(Request request, Activation activation) : FilteredCall(request), IIncomingGrainCallContext
{
    public override object Grain => activation.GrainInstance!;

    public IGrainContext TargetContext => activation;

    public static async Task RunAsync(Request request, Activation activation)
    {
        activation.Suspended(request);
        try
        {
            var call = new IncomingCall(request, activation);
            await call.Invoke();
            activation.Finished(request, null);
            request.SettleBoxed(call.Result);
        }
        catch (Exception failure)
        {
            activation.Finished(request, failure);
            request.Fail(failure);
        }
    }

    protected override async Task InvokeStage(int stage)
    {
        var filters = activation.Silo.IncomingFilters;
        if (stage < filters.Length)
        {
            await filters[stage].Invoke(this);
        }
        else if (stage == filters.Length && Grain is IIncomingGrainCallFilter own)
        {
            await own.Invoke(this);
        }
        else
        {
            Result = await Inner.CallBoxed(Grain);
        }
    }
}

internal sealed class OutgoingCall(Request request, LocalSilo silo) : FilteredCall(request), IOutgoingGrainCallContext
{
    public override object Grain => Inner.Reference!;

    public IGrainContext? SourceContext => Inner.Source;

    public static async Task RunAsync(Request request, LocalSilo silo)
    {
        try
        {
            var call = new OutgoingCall(request, silo);
            await call.Invoke();
            request.SettleBoxed(call.Result);
        }
        catch (Exception failure)
        {
            request.Fail(failure);
        }
    }

    protected override async Task InvokeStage(int stage)
    {
        if (stage < silo.OutgoingFilters.Length)
        {
            await silo.OutgoingFilters[stage].Invoke(this);
            return;
        }

        // The caller's own promise is settled only when the last filter has returned, so the message is a copy.
        var sent = Inner.Copy();
        silo.Route(sent);
        if (sent.Outcome is { } outcome)
        {
            await outcome;
            Result = sent.ResultBoxed();
        }
    }
}
