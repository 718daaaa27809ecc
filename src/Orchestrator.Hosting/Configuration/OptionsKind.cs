using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Orchestrator.Hosting.Configuration;

/// <summary>One registered options type and the section it is bound to.</summary>
/// <param name="Reloads">A change of the settings file is taken over while the process runs; without, at the next start.</param>
public sealed record OptionsKind(Type Type, string Section, bool Reloads = false)
{
    /// <exception cref="ArgumentException">The type has no public constant <c>Section</c>.</exception>
    internal static OptionsKind Of(Type type, bool reloads = false) =>
        type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) is string { Length: > 0 } section
            ? new OptionsKind(type, section, reloads)
            : throw new ArgumentException($"{type.Name} needs a public constant Section that names where it is bound.", nameof(type));

    /// <summary>The key stands in the section and begins with one of its settings.</summary>
    internal bool Reads(string key) =>
        key.StartsWith(Section + ":", StringComparison.OrdinalIgnoreCase)
        && key[(Section.Length + 1)..].Split(':')[0] is var first
        && Settings(Type).Any(setting => setting.Name.Equals(first, StringComparison.OrdinalIgnoreCase));

    /// <summary>The settings of an options object, or of an object inside one.</summary>
    internal static IEnumerable<PropertyInfo> Settings(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetIndexParameters().Length == 0
            && property.CanRead
            && (property.CanWrite || IsList(property.PropertyType) || IsDictionary(property.PropertyType) || IsGroup(property.PropertyType)));

    /// <summary>A secret: marked with <c>[DataType(DataType.Password)]</c>, or named like one.</summary>
    internal static bool IsSecret(PropertyInfo property) =>
        property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password;

    internal static bool IsDictionary(Type type) =>
        type != typeof(string) && type.GetInterfaces().Append(type).Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IDictionary<,>));

    internal static bool IsList(Type type) => type != typeof(string) && !IsDictionary(type) && typeof(IEnumerable).IsAssignableFrom(type);

    /// <summary>An object with settings of its own, rather than one value.</summary>
    internal static bool IsGroup(Type type) =>
        type.IsClass && type != typeof(string) && type != typeof(Uri) && !IsList(type) && !IsDictionary(type);

    internal static Type ElementOf(Type collection) =>
        collection.IsArray ? collection.GetElementType()!
        : collection.GetInterfaces().Append(collection)
            .Where(face => face.IsGenericType)
            .Where(face => face.GetGenericTypeDefinition() is var open && (open == typeof(IDictionary<,>) || open == typeof(IEnumerable<>)))
            .OrderByDescending(face => face.GetGenericTypeDefinition() == typeof(IDictionary<,>))
            .Select(face => face.GetGenericArguments()[^1])
            .FirstOrDefault() ?? typeof(string);
}
