using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.LocalRuntime;

/// <summary>All that is known of a grain class before any grain of it lives.</summary>
internal sealed class GrainClass
{
    // A simulation makes thousands of silos of the same classes, and compiling a constructor call is slow.
    private static readonly ConcurrentDictionary<Type, GrainClass> Known = new();

    private readonly ObjectFactory create;
    private readonly Func<Activation, object>[] facets;
    private readonly Func<IInvokable, bool>? mayInterleave;

    private GrainClass(Type type)
    {
        Type = type;
        GrainType = GrainType.Create(type.GetCustomAttribute<GrainTypeAttribute>()?.GrainType ?? ConventionalName(type));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute));
        HasActivation = Overrides(type, nameof(IGrainBase.OnActivateAsync));
        HasDeactivation = Overrides(type, nameof(IGrainBase.OnDeactivateAsync));
        PrefersLocal = type.IsDefined(typeof(PreferLocalPlacementAttribute));
        WorkersMax = type.GetCustomAttribute<StatelessWorkerAttribute>() is { } worker ? (worker.MaxLocalWorkers > 0 ? worker.MaxLocalWorkers : Environment.ProcessorCount) : 0;
        var age = type.GetCustomAttribute<CollectionAgeLimitAttribute>();
        IsKeptAlive = type.IsDefined(typeof(KeepAliveAttribute)) || age is { AlwaysActive: true };
        CollectionAge = age?.AgeLimit;
        ImplicitStreams = [.. type.GetCustomAttributes<ImplicitStreamSubscriptionAttribute>().Select(attribute => attribute.Namespace)];
        if (type.GetCustomAttribute<MayInterleaveAttribute>() is { } predicate)
        {
            mayInterleave = type.GetMethod(predicate.CallbackMethodName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(IInvokable)])?.CreateDelegate<Func<IInvokable, bool>>()
                ?? throw new InvalidOperationException($"[MayInterleave] of {type} names '{predicate.CallbackMethodName}', but the class has no static bool method of that name that takes an {nameof(IInvokable)}.");
        }

        var states = Constructor(type).GetParameters().Where(parameter => parameter.IsDefined(typeof(PersistentStateAttribute))).ToArray();
        facets = [.. states.Select(PersistentStateFacet.For)];
        create = ActivatorUtilities.CreateFactory(type, [.. states.Select(state => state.ParameterType)]);
    }

    public static GrainClass Of(Type type) => Known.GetOrAdd(type, static key => new(key));

    public Type Type { get; }

    public GrainType GrainType { get; }

    public bool IsReentrant { get; }

    public bool HasActivation { get; }

    public bool HasDeactivation { get; }

    public bool PrefersLocal { get; }

    public bool IsKeptAlive { get; }

    /// <summary>Activations one grain may have in a process; 0 for the ordinary grain, which has one.</summary>
    public int WorkersMax { get; }

    public TimeSpan? CollectionAge { get; }


    /// <summary>Namespaces of the streams whose events go to the grain with the stream's key.</summary>
    public IReadOnlyList<string> ImplicitStreams { get; }

    public bool HasPredicate => mayInterleave is not null;

    public bool MayInterleave(Request request) => mayInterleave!(request);

    public object Create(Activation activation)
    {
        var arguments = facets.Length == 0 ? [] : new object[facets.Length];
        for (var i = 0; i < facets.Length; i++)
        {
            arguments[i] = facets[i](activation);
        }

        return create(activation.ActivationServices, arguments);
    }

    public static string ConventionalName(Type type)
    {
        var tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        var name = (tick < 0 ? type.Name : type.Name[..tick]).ToLowerInvariant();
        name = name.EndsWith("grain", StringComparison.Ordinal) && name.Length > 5 ? name[..^5] : name;
        return tick < 0 ? name : name + type.Name[tick..];
    }

    private static ConstructorInfo Constructor(Type type)
    {
        var constructors = type.GetConstructors();
        return constructors.Length switch
        {
            1 => constructors[0],
            0 => throw new InvalidOperationException($"Grain class {type} has no public constructor."),
            _ => constructors.FirstOrDefault(constructor => constructor.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
                ?? throw new InvalidOperationException($"Grain class {type} has {constructors.Length} public constructors; mark the one to use with [ActivatorUtilitiesConstructor]."),
        };
    }

    private static bool Overrides(Type type, string method)
    {
        var map = type.GetInterfaceMap(typeof(IGrainBase));
        for (var i = 0; i < map.InterfaceMethods.Length; i++)
        {
            if (map.InterfaceMethods[i].Name == method)
            {
                return map.TargetMethods[i].DeclaringType != typeof(Grain) && map.TargetMethods[i].DeclaringType != typeof(IGrainBase);
            }
        }

        return false;
    }
}
