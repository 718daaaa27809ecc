using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Vocabulary;

/// <summary>Writes <c>TimedOut</c> as <c>timed_out</c>, everywhere the value is stored or sent; numbers are refused.</summary>
public sealed class SnakeCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
