using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Hosting.Configuration;

/// <summary>Reads one YAML document of settings into flat keys, each with the place where it stands.</summary>
/// <remarks>
/// A settings file is small, so the limits are constants. They are checked on the stream of parser events, before any tree is built,
/// and once more while aliases are unfolded: a file of a kilobyte may unfold to gigabytes.
/// </remarks>
internal static class YamlDocumentReader
{
    public const int BytesMax = 1024 * 1024;
    public const int DepthMax = 64;
    public const int AliasesMax = 100;
    public const int NodesMax = 20_000;

    /// <exception cref="ConfigurationRefusedException">Not YAML, not a mapping, or over a limit.</exception>
    public static IReadOnlyDictionary<string, YamlSetting> Read(string file, byte[] content)
    {
        if (content.Length > BytesMax)
        {
            throw Refused(file, default, $"the file has {content.Length} bytes, at most {BytesMax} are read");
        }

        var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false).GetString(content).TrimStart('\uFEFF');
        try
        {
            Measure(file, text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            var settings = new Dictionary<string, YamlSetting>(StringComparer.OrdinalIgnoreCase);
            switch (stream.Documents)
            {
                case []:
                    return settings;
                case [{ RootNode: YamlScalarNode { Value: null or "" } }]:
                    return settings;
                case [{ RootNode: YamlMappingNode root }]:
                    new Flattening(file, settings).Add(root, "", depth: 1);
                    return settings;
                case [var document]:
                    throw Refused(file, document.RootNode.Start, "expected a mapping of settings, found a " + document.RootNode.NodeType.ToString().ToLowerInvariant());
                default:
                    throw Refused(file, stream.Documents[1].RootNode.Start, $"expected one document, found {stream.Documents.Count}");
            }
        }
        catch (YamlException exception)
        {
            throw Refused(file, exception.Start, exception.InnerException?.Message ?? exception.Message);
        }
    }

    private static void Measure(string file, string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        var aliases = 0;
        var nodes = 0;
        while (Advance(file, parser))
        {
            var here = parser.Current!;
            depth += here.NestingIncrease;
            aliases += here is AnchorAlias ? 1 : 0;
            nodes++;
            var limit =
                depth - 2 > DepthMax ? $"settings nest deeper than {DepthMax} levels"
                : aliases > AliasesMax ? $"there are more than {AliasesMax} aliases"
                : nodes > NodesMax ? $"there are more than {NodesMax} nodes"
                : null;
            if (limit is not null)
            {
                throw Refused(file, here.Start, limit);
            }
        }
    }

    // The scanner throws InvalidOperationException for some malformed flow collections; its last good event tells where.
    private static bool Advance(string file, Parser parser)
    {
        var last = parser.Current?.End ?? default;
        try
        {
            return parser.MoveNext();
        }
        catch (InvalidOperationException)
        {
            throw Refused(file, last, "expected YAML; what follows here cannot be read");
        }
    }

    private static ConfigurationRefusedException Refused(string file, Mark at, string problem) =>
        new([string.Create(CultureInfo.InvariantCulture, $"{file}:{Math.Max(1, at.Line)}:{Math.Max(1, at.Column)} {problem}")]);

    private sealed class Flattening(string file, Dictionary<string, YamlSetting> settings)
    {
        private int visited;

        public void Add(YamlNode node, string key, int depth)
        {
            if (++visited > NodesMax || depth > DepthMax)
            {
                throw Refused(file, node.Start, visited > NodesMax ? $"aliases unfold to more than {NodesMax} nodes" : $"aliases unfold deeper than {DepthMax} levels");
            }

            switch (node)
            {
                case YamlMappingNode { Children.Count: 0 } or YamlSequenceNode { Children.Count: 0 }:
                    Set(key, "", node.Start);
                    break;
                case YamlMappingNode mapping:
                    foreach (var (name, value) in mapping.Children)
                    {
                        if (name is not YamlScalarNode { Value: { Length: > 0 } word } || word.Contains(':', StringComparison.Ordinal))
                        {
                            throw Refused(file, name.Start, "expected the name of a setting, without ':'");
                        }

                        Add(value, Join(key, word), depth + 1, name.Start);
                    }

                    break;
                case YamlSequenceNode sequence:
                    for (var index = 0; index < sequence.Children.Count; index++)
                    {
                        Add(sequence.Children[index], Join(key, index.ToString(CultureInfo.InvariantCulture)), depth + 1);
                    }

                    break;
                case YamlScalarNode scalar:
                    Set(key, IsNull(scalar) ? null : scalar.Value, node.Start);
                    break;
                default:
                    throw Refused(file, node.Start, "expected a setting, found a " + node.NodeType.ToString().ToLowerInvariant());
            }
        }

        // A setting is shown where its name stands, which is where a person looks for it.
        private void Add(YamlNode node, string key, int depth, Mark at)
        {
            if (node is YamlScalarNode scalar)
            {
                visited++;
                Set(key, IsNull(scalar) ? null : scalar.Value, at);
                return;
            }

            Add(node, key, depth);
        }

        private void Set(string key, string? value, Mark at)
        {
            if (!settings.TryAdd(key, new YamlSetting(value, (int)at.Line, (int)at.Column)))
            {
                throw Refused(file, at, $"{key} stands here for the second time; names are the same in upper and lower case");
            }
        }

        private static bool IsNull(YamlScalarNode scalar) =>
            scalar.Style == ScalarStyle.Plain && scalar.Value is null or "" or "~" or "null";

        private static string Join(string prefix, string name) => prefix.Length == 0 ? name : prefix + ":" + name;
    }
}

/// <summary>A value and where its name stands, counted from one.</summary>
internal readonly record struct YamlSetting(string? Value, int Line, int Column);
