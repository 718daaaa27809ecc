using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Problems;

namespace Orchestrator.ApiHost.Requests;

/// <summary>What of a body does not fit the type it was meant for: each member that is missing, unknown or of another kind, with its place.</summary>
/// <remarks>The reader stops at the first and says little of it; this looks at bodies it has refused, and at nothing else.</remarks>
internal static class Misfits
{
    private const int ErrorsMax = 50;

    /// <summary>At most 50 errors; empty when the shape fits, and it must have been a value that did not.</summary>
    public static IReadOnlyList<ProblemError> Of<T>(JsonElement root)
    {
        var errors = new List<ProblemError>();
        Look(ApiJson.Requests.GetTypeInfo(typeof(T)), root, "", errors);
        return errors;
    }

    private static void Look(JsonTypeInfo type, JsonElement value, string pointer, List<ProblemError> errors)
    {
        if (errors.Count >= ErrorsMax)
        {
            return;
        }

        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.Object:
                LookAtMembers(type, value, pointer, errors);
                break;

            case JsonTypeInfoKind.Enumerable when value.ValueKind == JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Look(ApiJson.Requests.GetTypeInfo(type.ElementType!), item, FormattableString.Invariant($"{pointer}/{index++}"), errors);
                }

                break;

            case JsonTypeInfoKind.Dictionary when value.ValueKind == JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Look(ApiJson.Requests.GetTypeInfo(type.ElementType!), member.Value, pointer + JsonPointer.Of(member.Name), errors);
                }

                break;

            default:
                if (Expected(type) is { } expected && !Fits(type, value))
                {
                    errors.Add(new($"Expected {expected}{At(pointer)}, found {Found(value)}.", Pointer: pointer));
                }

                break;
        }
    }

    private static void LookAtMembers(JsonTypeInfo type, JsonElement value, string pointer, List<ProblemError> errors)
    {
        string[] known = [.. type.Properties.Select(member => member.Name)];
        foreach (var member in value.EnumerateObject())
        {
            var property = type.Properties.FirstOrDefault(property => property.Name == member.Name);
            if (property is null)
            {
                errors.Add(new($"There is no member '{RequestCheck.Shown(member.Name)}'{(pointer.Length == 0 ? " here" : At(pointer))}; this request takes {string.Join(", ", known)}.",
                    Pointer: pointer + JsonPointer.Of(member.Name), Suggestion: Nearest.To(member.Name, known)));
            }
            else if (member.Value.ValueKind != JsonValueKind.Null || !property.IsSetNullable)
            {
                Look(ApiJson.Requests.GetTypeInfo(property.PropertyType), member.Value, pointer + JsonPointer.Of(member.Name), errors);
            }
        }

        errors.AddRange(type.Properties
            .Where(property => property.IsRequired && !value.TryGetProperty(property.Name, out _))
            .Select(property => new ProblemError($"The member '{property.Name}' is missing{At(pointer)}.", Pointer: pointer + JsonPointer.Of(property.Name))));
        if (errors.Count > ErrorsMax)
        {
            errors.RemoveRange(ErrorsMax, errors.Count - ErrorsMax);
        }
    }

    /// <summary>In words, for the kinds that can be told by looking; null for what has a reader of its own.</summary>
    private static string? Expected(JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
        JsonTypeInfoKind.Enumerable => "an array",
        _ => Bare(type) switch
        {
            { IsEnum: true } => null,
            var bare => Type.GetTypeCode(bare) switch
            {
                TypeCode.String => "a text",
                TypeCode.Boolean => "true or false",
                TypeCode.Int32 or TypeCode.Int64 => "a whole number",
                TypeCode.Double or TypeCode.Decimal => "a number",
                _ => null,
            },
        },
    };

    private static bool Fits(JsonTypeInfo type, JsonElement value) => type.Kind == JsonTypeInfoKind.None && Type.GetTypeCode(Bare(type)) switch
    {
        TypeCode.String => value.ValueKind == JsonValueKind.String,
        TypeCode.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        TypeCode.Int32 => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        TypeCode.Int64 => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => value.ValueKind == JsonValueKind.Number,
    };

    private static Type Bare(JsonTypeInfo type) => Nullable.GetUnderlyingType(type.Type) ?? type.Type;

    private static string At(string pointer) => pointer.Length == 0 ? "" : $" at '{RequestCheck.Shown(pointer)}'";

    private static string Found(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Null => "null",
        JsonValueKind.String => $"the text '{RequestCheck.Shown(value.GetString()!)}'",
        _ => RequestCheck.Shown(value.GetRawText()),
    };
}
