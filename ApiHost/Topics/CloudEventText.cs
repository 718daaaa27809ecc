using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.ApiHost.Topics;

/// <summary>Events as JSON (CloudEvents 1.0, JSON format 1.0.2): one, or an array of them.</summary>
internal static class CloudEventText
{
    private const string SpecVersion = "1.0";
    private const int IdLengthMax = 255;
    private const int TextLengthMax = 2_048;
    private const int NameLengthMax = 64;
    private const int AttributesMax = 32;

    /// <summary>Wrong events that one answer names.</summary>
    private const int ProblemsMax = 50;

    /// <summary>The one type that an event stream uses itself.</summary>
    private const string ResetType = "reset";

    public static (ImmutableArray<CloudEvent> Events, ApiProblem? Problem) Read(JsonElement root)
    {
        var check = new RequestCheck();
        var events = ImmutableArray.CreateBuilder<CloudEvent>();
        switch (root.ValueKind)
        {
            case JsonValueKind.Object:
                events.Add(One(root, "", check));
                break;
            case JsonValueKind.Array when root.GetArrayLength() > 0:
                var index = 0;
                foreach (var element in root.EnumerateArray())
                {
                    if (check.Count >= ProblemsMax)
                    {
                        break;
                    }

                    events.Add(One(element, string.Create(CultureInfo.InvariantCulture, $"/{index++}"), check));
                }

                break;
            default:
                check.Member("", "Expected one event, or an array of at least one.");
                break;
        }

        return (events.ToImmutable(), check.Problem);
    }

    public static JsonObject Write(CloudEvent kept)
    {
        var json = new JsonObject { ["specversion"] = SpecVersion, ["id"] = kept.Id, ["source"] = kept.Source, ["type"] = kept.Type };
        if (kept.Subject is { } subject)
        {
            json["subject"] = subject;
        }

        foreach (var (name, value) in kept.Attributes)
        {
            json[name] = value;
        }

        json["data"] = JsonNode.Parse(kept.Data.Utf8.Span);
        return json;
    }

    private static CloudEvent One(JsonElement element, string pointer, RequestCheck check)
    {
        var seen = new Members(pointer, check);
        var data = Payload.Null;
        var attributes = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (element.ValueKind != JsonValueKind.Object)
        {
            check.Member(pointer, "Expected an event, which is an object.");
            return seen.ToEvent(data, attributes);
        }

        foreach (var member in element.EnumerateObject())
        {
            switch (member.Name)
            {
                case "specversion" or "id" or "source" or "type" or "subject":
                    seen.Take(member);
                    break;
                case "data":
                    data = Payload.FromElement(member.Value);
                    break;
                case "data_base64":
                    check.Member(pointer + "/data_base64", "Data is taken as JSON in 'data'; bytes are not taken.");
                    break;
                default:
                    Attribute(member, pointer, attributes, check);
                    break;
            }
        }

        seen.Finish();
        return seen.ToEvent(data, attributes);
    }

    private static void Attribute(JsonProperty member, string pointer, ImmutableSortedDictionary<string, string>.Builder attributes, RequestCheck check)
    {
        var place = pointer + JsonPointer.Of(member.Name);
        if (member.Name.Length is 0 or > NameLengthMax || !member.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
        {
            check.Member(place, $"An attribute's name has 1 to {NameLengthMax} lower-case letters and digits, found '{RequestCheck.Shown(member.Name)}'.");
            return;
        }

        // Null is how JSON says that an attribute is not there.
        if (member.Value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        var text = member.Value.ValueKind switch
        {
            JsonValueKind.String => member.Value.GetString(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number when member.Value.TryGetInt32(out var number) => number.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        if (text is not { Length: > 0 and <= TextLengthMax })
        {
            check.Member(place, $"An attribute is a text of 1 to {TextLengthMax} characters, a whole number of 32 bits or a truth value.");
        }
        else if (attributes.Count >= AttributesMax)
        {
            check.Member(place, $"An event has at most {AttributesMax} attributes beside its own.");
        }
        else if (Fault(member.Name, text) is { } fault)
        {
            check.Member(place, fault);
        }
        else
        {
            attributes[member.Name] = text;
        }
    }

    private static string? Fault(string name, string text) => name switch
    {
        "time" when !InstantJsonConverter.TryRead(text, out _) => "The time is a moment such as 2026-01-31T12:00:00Z.",
        "dataschema" when !Uri.TryCreate(text, UriKind.Absolute, out _) => "The data's schema is named by an absolute URI.",
        "datacontenttype" when !IsJson(text) => "Data is JSON here, so its content type is application/json or ends in +json.",
        _ => null,
    };

    private static bool IsJson(string text) => MediaTypeHeaderValue.TryParse(text, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));

    /// <summary>The members every event has, as they are found.</summary>
    private sealed class Members(string pointer, RequestCheck check)
    {
        private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);

        public void Take(JsonProperty member)
        {
            var lengthMax = member.Name is "source" or "subject" ? TextLengthMax : IdLengthMax;
            if (member.Name == "subject" && member.Value.ValueKind == JsonValueKind.Null)
            {
                return;
            }

            if (member.Value.ValueKind != JsonValueKind.String || member.Value.GetString() is not { } text || text.Length is 0 || text.Length > lengthMax || text.Any(char.IsControl))
            {
                check.Member($"{pointer}/{member.Name}", $"'{member.Name}' is a text of 1 to {lengthMax} characters without control characters.");
                text = "?";
            }

            texts[member.Name] = text;
        }

        public void Finish()
        {
            foreach (var name in (string[])["specversion", "id", "source", "type"])
            {
                if (!texts.ContainsKey(name))
                {
                    check.Member($"{pointer}/{name}", $"An event has a '{name}'.");
                }
            }

            if (texts.TryGetValue("specversion", out var version) && version is not (SpecVersion or "?"))
            {
                check.Member($"{pointer}/specversion", $"The version is '{SpecVersion}', found '{RequestCheck.Shown(version)}'.");
            }

            if (texts.TryGetValue("source", out var source) && !Uri.TryCreate(source, UriKind.RelativeOrAbsolute, out _))
            {
                check.Member($"{pointer}/source", $"The source is a URI reference, found '{RequestCheck.Shown(source)}'.");
            }

            if (texts.GetValueOrDefault("type") == ResetType)
            {
                check.Member($"{pointer}/type", $"The type '{ResetType}' is how an event stream tells a reader that it has lost its place.");
            }
        }

        public CloudEvent ToEvent(Payload data, ImmutableSortedDictionary<string, string>.Builder attributes) => new(
            texts.GetValueOrDefault("id", ""), texts.GetValueOrDefault("source", ""), texts.GetValueOrDefault("type", ""), texts.GetValueOrDefault("subject"),
            data, attributes.ToImmutable());
    }
}
