using System.Collections.Concurrent;
using System.Reflection;

namespace Orchestrator.LocalRuntime;

/// <summary>Which grain classes a process has, which class serves which interface, and how references are made.</summary>
internal sealed class GrainRegistry : IGrainManifestBuilder
{
    private static readonly ConcurrentDictionary<Assembly, Type[]> Scanned = new();

    private readonly Dictionary<GrainType, GrainClass> classes = [];
    private readonly ConcurrentDictionary<Type, Func<IGrainReferenceRuntime, GrainId, GrainReference>> factories = new();
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainType> served = new();

    public GrainRegistry(IEnumerable<Assembly> assemblies)
    {
        foreach (var type in assemblies.Distinct().SelectMany(assembly => Scanned.GetOrAdd(assembly, Scan)))
        {
            var grainClass = GrainClass.Of(type);
            if (!classes.TryAdd(grainClass.GrainType, grainClass))
            {
                throw new InvalidOperationException($"Grain classes {classes[grainClass.GrainType].Type} and {type} are both called '{grainClass.GrainType}'; give one of them a [GrainType].");
            }
        }
    }

    public IEnumerable<GrainClass> Classes => classes.Values;

    public GrainClass Class(GrainType type) =>
        classes.TryGetValue(type, out var found) ? found : throw new ArgumentException($"No grain class of type '{type}' is registered in this process; {classes.Count} others are.");

    public GrainType TypeFor(Type interfaceType, string? classNamePrefix) =>
        served.TryGetValue((interfaceType, classNamePrefix), out var known) ? known : served.GetOrAdd((interfaceType, classNamePrefix), Find(interfaceType, classNamePrefix));

    public GrainReference CreateReference(IGrainReferenceRuntime runtime, Type interfaceType, GrainId grainId)
    {
        if (!factories.TryGetValue(interfaceType, out var create))
        {
            if (interfaceType.Assembly.GetCustomAttribute<GrainManifestAttribute>() is { } manifest)
            {
                ((IGrainManifest)Activator.CreateInstance(manifest.Manifest)!).Describe(this);
            }

            create = factories.TryGetValue(interfaceType, out create) ? create
                : throw new ArgumentException($"No reference was generated for {interfaceType}. Is it a grain interface, and does its project set <GrainModel>?", nameof(interfaceType));
        }

        return create(runtime, grainId);
    }

    /// <summary>A reference by the first grain interface of the class: good for identity, and for <c>AsReference</c>.</summary>
    public GrainReference CreateUntypedReference(IGrainReferenceRuntime runtime, GrainId grainId) =>
        CreateReference(runtime, Class(grainId.Type).Type.GetInterfaces().First(one => typeof(IGrain).IsAssignableFrom(one) && one.GetMethods().Length > 0), grainId);

    void IGrainManifestBuilder.AddInterface(Type interfaceType, Func<IGrainReferenceRuntime, GrainId, GrainReference> createReference) =>
        factories[interfaceType] = createReference;

    private static Type[] Scan(Assembly assembly) => [.. assembly.GetTypes().Where(IsGrainClass).OrderBy(type => type.FullName, StringComparer.Ordinal)];

    private static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && typeof(IGrain).IsAssignableFrom(type) && typeof(IGrainBase).IsAssignableFrom(type);

    private GrainType Find(Type interfaceType, string? prefix)
    {
        var candidates = classes.Values.Where(one => interfaceType.IsAssignableFrom(one.Type)).ToArray();
        if (prefix is not null)
        {
            var matching = candidates.Where(one => one.Type.FullName == prefix).ToArray();
            matching = matching.Length > 0 ? matching : [.. candidates.Where(one => one.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal))];
            return matching.Length == 1 ? matching[0].GrainType : throw Ambiguous(interfaceType, $"{matching.Length} classes whose name starts with '{prefix}'");
        }

        if (interfaceType.GetCustomAttribute<DefaultGrainTypeAttribute>() is { } stated)
        {
            return GrainType.Create(stated.GrainType);
        }

        if (candidates.FirstOrDefault(one => "I" + one.Type.Name == interfaceType.Name) is { } namesake)
        {
            return namesake.GrainType;
        }

        return candidates.Length == 1 ? candidates[0].GrainType : throw Ambiguous(interfaceType, $"{candidates.Length} classes");
    }

    private static ArgumentException Ambiguous(Type interfaceType, string found) =>
        new($"Exactly one grain class has to serve {interfaceType}; found {found} that implement it. Register its assembly, or name the class by [DefaultGrainType] or a class name prefix.");
}
