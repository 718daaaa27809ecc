using System.Collections.Immutable;
using System.Reflection;
using Orchestrator.PlanLanguage;
using Orchestrator.SiloHosting;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.ApiHost.Plans;

/// <summary>A plan that comes with the product: one with inputs, under a name.</summary>
internal sealed record Template(string Name, Plan Plan);

/// <summary>The plan documents that the silo's assembly carries as <c>templates/NAME.yaml</c>, with the files they name beside them.</summary>
internal sealed class TemplateShelf
{
    private const string Folder = "templates/";
    private const string Extension = ".yaml";

    private readonly Lazy<ImmutableArray<Template>> all = new(() => [.. Read(typeof(OrchestratorSilo).Assembly).OrderBy(template => template.Name, StringComparer.Ordinal)]);

    public ImmutableArray<Template> All => all.Value;

    public Template? Find(string name) => All.FirstOrDefault(template => template.Name == name);

    private static IEnumerable<Template> Read(Assembly assembly)
    {
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal)))
        {
            var reading = PlanDocument.Read(Text(assembly, resource)!, PlanFormat.Yaml, file =>
                Text(assembly, Folder + file) is { } text ? FileReading.Of(text) : FileReading.Failed($"The template carries no file '{file}'."));
            var name = resource[Folder.Length..^Extension.Length];
            yield return reading.Plan is { } plan
                ? new(name, plan)
                : throw new InvalidOperationException($"The template '{name}' we ship is not a plan: {reading.Problems[0].Message}");
        }
    }

    private static string? Text(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
