using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Contracts.Tests.Kubernetes;

/// <summary>One resource as it stands in a file or comes out of kustomize. Every scalar is text.</summary>
internal sealed record Manifest(string Place, JsonObject Root)
{
    public string Kind => Text("kind");

    public string Name => Text("metadata/name");

    public string Component => Root["metadata"]?["labels"]?["app.kubernetes.io/component"]?.ToString() ?? "";

    /// <summary>The pod this resource makes; null when it makes none.</summary>
    public JsonNode? Pod => Kind is "Deployment" or "StatefulSet" ? At("spec/template/spec") : null;

    /// <summary>Every container of the pod, in the order of the file.</summary>
    public IEnumerable<JsonNode> Containers => Pod is { } pod ? Items(pod["initContainers"]).Concat(Items(pod["containers"])) : [];

    public static IEnumerable<Manifest> Read(string place, string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Select(document => new Manifest(place, (JsonObject)Convert(document.RootNode)!));
    }

    /// <summary>What stands at a path of names parted by slashes; null when something on the way is missing.</summary>
    public JsonNode? At(string path) => path.Split('/').Aggregate((JsonNode?)Root, (node, name) => node is JsonObject map ? map[name] : null);

    public string Text(string path) => At(path)?.ToString() ?? "";

    public IEnumerable<JsonNode> List(string path) => Items(At(path));

    public static IEnumerable<JsonNode> Items(JsonNode? list) => list is JsonArray array ? array.Select(item => item!) : [];

    /// <summary>Labels or selectors as pairs.</summary>
    public static IEnumerable<(string Name, string Value)> Pairs(JsonNode? map) =>
        map is JsonObject pairs ? pairs.Select(pair => (pair.Key, pair.Value!.ToString())) : [];

    /// <summary>Whether a selector takes these labels in.</summary>
    public static bool Selects(JsonNode? selector, JsonNode? labels) =>
        Pairs(selector?["matchLabels"]).All(pair => labels?[pair.Name]?.ToString() == pair.Value)
        && Items(selector?["matchExpressions"]).All(rule =>
            rule["operator"]!.ToString() == "In" && Items(rule["values"]).Any(value => value.ToString() == labels?[rule["key"]!.ToString()]?.ToString()));

    public override string ToString() => $"{Kind} {Name} ({Place})";

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value ?? ""),
        _ => null,
    };
}
