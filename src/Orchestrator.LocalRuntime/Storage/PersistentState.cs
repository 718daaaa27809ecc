using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.LocalRuntime;

/// <summary>A grain's record, bound to its activation and read before it begins.</summary>
internal sealed class PersistentState<TState>(string name, IGrainStorage storage, GrainId grainId) : IPersistentState<TState>, IActivationFacet
{
    private readonly GrainState<TState> record = new();

    public TState State
    {
        get => record.State!;
        set => record.State = value;
    }

    public string? Etag => record.ETag;

    public bool RecordExists => record.RecordExists;

    public Task BeforeActivationAsync(CancellationToken cancellationToken) => ReadStateAsync(cancellationToken);

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public Task ReadStateAsync(CancellationToken cancellationToken) => storage.ReadStateAsync(name, grainId, record, cancellationToken);

    public Task WriteStateAsync(CancellationToken cancellationToken) => storage.WriteStateAsync(name, grainId, record, cancellationToken);

    public Task ClearStateAsync(CancellationToken cancellationToken) => storage.ClearStateAsync(name, grainId, record, cancellationToken);
}

/// <summary>Something of an activation that has to be ready before <c>OnActivateAsync</c>.</summary>
internal interface IActivationFacet
{
    Task BeforeActivationAsync(CancellationToken cancellationToken);
}

/// <summary>Makes the persistent states which a constructor asks for.</summary>
internal static class PersistentStateFacet
{
    private static readonly MethodInfo Typed = typeof(PersistentStateFacet).GetMethod(nameof(Create), BindingFlags.Static | BindingFlags.NonPublic)!;

    public static Func<Activation, object> For(ParameterInfo parameter)
    {
        if (!parameter.ParameterType.IsGenericType || parameter.ParameterType.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new InvalidOperationException($"[PersistentState] stands before parameter '{parameter.Name}' of {parameter.Member.DeclaringType}, which is a {parameter.ParameterType}; expected an IPersistentState<T>.");
        }

        var attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
        var create = Typed.MakeGenericMethod(parameter.ParameterType.GetGenericArguments()).CreateDelegate<Func<PersistentStateAttribute, Activation, object>>();
        return activation => create(attribute, activation);
    }

    private static object Create<TState>(PersistentStateAttribute attribute, Activation activation)
    {
        var name = attribute.StorageName ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        var storage = activation.ActivationServices.GetKeyedService<IGrainStorage>(name)
            ?? throw new InvalidOperationException($"Grain {activation.GrainId} keeps '{attribute.StateName}' in grain storage '{name}', and no {nameof(IGrainStorage)} is registered under that key.");
        var state = new PersistentState<TState>(attribute.StateName, storage, activation.GrainId);
        activation.AddFacet(state);
        return state;
    }
}

/// <summary>The names providers have where none is given.</summary>
public static class ProviderConstants
{
    public const string DEFAULT_STORAGE_PROVIDER_NAME = "Default";

    public const string DefaultReminderTableName = "Default";
}
