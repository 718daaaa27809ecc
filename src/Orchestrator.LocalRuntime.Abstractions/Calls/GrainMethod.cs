using System.Reflection;

namespace Orchestrator.LocalRuntime;

/// <summary>How a request of a method may meet other requests.</summary>
[Flags]
public enum GrainMethodOptions
{
    None = 0,
    OneWay = 1,
    AlwaysInterleave = 2,
    ReadOnly = 4,
}

/// <summary>A method of a grain interface, as generated requests describe themselves.</summary>
public sealed class GrainMethod(Type interfaceType, string name, GrainMethodOptions options, params Type[] parameterTypes)
{
    public Type InterfaceType { get; } = interfaceType;

    public string Name { get; } = name;

    public GrainMethodOptions Options { get; } = options;

    // Only filters ask for it, so it is looked up when one does.
    public MethodInfo Reflected => field ??= InterfaceType.GetMethod(Name, parameterTypes)
        ?? throw new MissingMethodException(InterfaceType.FullName, Name);

    internal GrainMethod With(GrainMethodOptions more) => new(InterfaceType, Name, Options | more, parameterTypes);

    /// <summary>The same number in every process and run, unlike the hash code of a string.</summary>
    internal ulong StableId => field != 0 ? field : field = StableHash($"{InterfaceType.FullName}.{Name}");

    public override string ToString() => $"{InterfaceType.Name}.{Name}";

    /// <summary>FNV-1a over the UTF-16 code units.</summary>
    internal static ulong StableHash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        return hash;
    }
}
