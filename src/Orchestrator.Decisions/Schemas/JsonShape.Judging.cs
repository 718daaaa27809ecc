using System.Text.Json;

namespace Orchestrator.Decisions.Schemas;

public sealed partial class JsonShape
{
    /// <summary>One judgement: what has been found, and how much more may be looked at.</summary>
    private sealed class Judging(JsonElement root)
    {
        private int work;

        public List<string> Problems { get; private set; } = [];

        public void Apply(JsonElement rules, JsonElement value, string at, int depth)
        {
            if (rules.ValueKind == JsonValueKind.True)
            {
                return;
            }

            if (rules.ValueKind == JsonValueKind.False)
            {
                Complain(at, "nothing may stand here");
                return;
            }

            if (depth > DepthMax || ++work > WorkMax)
            {
                Complain(at, "the schema leads around in circles, or takes too long to check");
                return;
            }

            foreach (var rule in rules.EnumerateObject())
            {
                if (Problems.Count >= ProblemsMax)
                {
                    return;
                }

                Apply(rules, rule, value, at, depth);
            }
        }

        private void Apply(JsonElement rules, JsonProperty rule, JsonElement value, string at, int depth)
        {
            switch (rule.Name)
            {
                case "type" when !IsOfType(rule.Value, value):
                    Complain(at, $"expected {string.Join(" or ", Names(rule.Value))}, found {Kind(value)}");
                    break;
                case "enum" when !rule.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)):
                    Complain(at, $"expected one of {Shown(rule.Value.GetRawText())}, found {Shown(value.GetRawText())}");
                    break;
                case "const" when !JsonElement.DeepEquals(rule.Value, value):
                    Complain(at, $"expected {Shown(rule.Value.GetRawText())}, found {Shown(value.GetRawText())}");
                    break;
                case "$ref":
                    Apply(Resolve(root, rule.Value.GetString()!)!.Value, value, at, depth + 1);
                    break;
                case "allOf":
                    foreach (var one in rule.Value.EnumerateArray())
                    {
                        Apply(one, value, at, depth + 1);
                    }

                    break;
                case "anyOf" when !rule.Value.EnumerateArray().Any(one => Meets(one, value, at, depth + 1)):
                    Complain(at, "expected one of several shapes, found none of them");
                    break;
                case "oneOf" when rule.Value.EnumerateArray().Count(one => Meets(one, value, at, depth + 1)) is not 1 and var met:
                    Complain(at, $"expected exactly one of several shapes, found {met} of them");
                    break;
                case "not" when Meets(rule.Value, value, at, depth + 1):
                    Complain(at, "expected another shape than this");
                    break;
                default:
                    ApplyToKind(rules, rule, value, at, depth);
                    break;
            }
        }

        private void ApplyToKind(JsonElement rules, JsonProperty rule, JsonElement value, string at, int depth)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    ApplyToObject(rules, rule, value, at, depth);
                    break;
                case JsonValueKind.Array:
                    ApplyToList(rule, value, at, depth);
                    break;
                case JsonValueKind.String when rule.Name is "minLength" or "maxLength" or "pattern":
                    ApplyToText(rule, value, at);
                    break;
                case JsonValueKind.Number when rule.Name is "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum":
                    ApplyToNumber(rule, value.GetDouble(), at);
                    break;
            }
        }

        private void ApplyToObject(JsonElement rules, JsonProperty rule, JsonElement value, string at, int depth)
        {
            switch (rule.Name)
            {
                case "required":
                    foreach (var name in rule.Value.EnumerateArray().Select(name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)))
                    {
                        Complain(at, $"expected a member '{Shown(name)}', found none");
                    }

                    break;
                case "properties":
                    foreach (var member in rule.Value.EnumerateObject().Where(member => value.TryGetProperty(member.Name, out _)))
                    {
                        Apply(member.Value, value.GetProperty(member.Name), $"{at}/{Shown(member.Name)}", depth + 1);
                    }

                    break;
                case "additionalProperties":
                    var known = rules.TryGetProperty("properties", out var properties) ? properties : default;
                    foreach (var member in value.EnumerateObject())
                    {
                        if (known.ValueKind != JsonValueKind.Object || !known.TryGetProperty(member.Name, out _))
                        {
                            Apply(rule.Value, member.Value, $"{at}/{Shown(member.Name)}", depth + 1);
                        }
                    }

                    break;
            }
        }

        private void ApplyToList(JsonProperty rule, JsonElement value, string at, int depth)
        {
            var count = value.GetArrayLength();
            switch (rule.Name)
            {
                case "minItems" when count < rule.Value.GetInt32():
                    Complain(at, $"expected at least {rule.Value.GetInt32()} items, found {count}");
                    break;
                case "maxItems" when count > rule.Value.GetInt32():
                    Complain(at, $"expected at most {rule.Value.GetInt32()} items, found {count}");
                    break;
                case "items":
                    var index = 0;
                    foreach (var item in value.EnumerateArray())
                    {
                        Apply(rule.Value, item, $"{at}/{index++}", depth + 1);
                    }

                    break;
            }
        }

        private void ApplyToText(JsonProperty rule, JsonElement value, string at)
        {
            if (!TryText(value, out var text))
            {
                Complain(at, "expected Unicode text, found half of a surrogate pair");
                return;
            }

            var length = text.EnumerateRunes().Count();
            switch (rule.Name)
            {
                case "minLength" when length < rule.Value.GetInt32():
                    Complain(at, $"expected at least {rule.Value.GetInt32()} characters, found {length}");
                    break;
                case "maxLength" when length > rule.Value.GetInt32():
                    Complain(at, $"expected at most {rule.Value.GetInt32()} characters, found {length}");
                    break;
                case "pattern" when !PatternOf(rule.Value.GetString()!)!.IsMatch(text):
                    Complain(at, $"expected a text that matches {Shown(rule.Value.GetString()!)}, found '{Shown(text)}'");
                    break;
            }
        }

        private void ApplyToNumber(JsonProperty rule, double number, string at)
        {
            var bound = rule.Value.GetDouble();
            var (met, word) = rule.Name switch
            {
                "minimum" => (number >= bound, "at least"),
                "maximum" => (number <= bound, "at most"),
                "exclusiveMinimum" => (number > bound, "more than"),
                _ => (number < bound, "less than"),
            };
            if (!met)
            {
                Complain(at, $"expected {word} {rule.Value.GetRawText()}, found {number.ToString(System.Globalization.CultureInfo.InvariantCulture)}");
            }
        }

        private bool Meets(JsonElement rules, JsonElement value, string at, int depth)
        {
            var before = Problems;
            Problems = [];
            Apply(rules, value, at, depth);
            var met = Problems.Count == 0;
            Problems = before;
            return met;
        }

        private void Complain(string at, string what)
        {
            if (Problems.Count < ProblemsMax)
            {
                Problems.Add($"{(at.Length == 0 ? "The value" : at)}: {what}.");
            }
        }

        private static string[] Names(JsonElement type) =>
            type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(name => name.GetString()!)] : [type.GetString()!];

        private static bool IsOfType(JsonElement type, JsonElement value) => Names(type).Any(name => name switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && Math.Floor(number) == number,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            _ => value.ValueKind == JsonValueKind.Null,
        });

        private static bool TryText(JsonElement value, out string text)
        {
            try
            {
                text = value.GetString()!;
                return true;
            }
            catch (InvalidOperationException)
            {
                text = "";
                return false;
            }
        }
    }
}
