using System.Collections.Concurrent;
using System.Diagnostics;

namespace Orchestrator.Contracts.Tests.Kubernetes;

/// <summary>The resources under <c>k8s/</c>: as they are written, and, where kubectl is on this machine, as kustomize puts them together.</summary>
internal static class Manifests
{
    public const string Base = "base";
    public const string Dev = "overlays/dev";
    public const string Prod = "overlays/prod";

    /// <summary>The files as they are written, unpatched; they are read without any tool.</summary>
    public const string Files = "files";

    private static readonly ConcurrentDictionary<string, Manifest[]> Read = new(StringComparer.Ordinal);

    /// <summary>Why nothing can be rendered here; null when it can.</summary>
    public static string? WhyNotRendered { get; } = FindKubectl() is null
        ? "kubectl is not on this machine's PATH: the manifests were checked as they are written, not as kustomize renders them"
        : null;

    /// <summary>Where the same rules hold.</summary>
    public static TheoryData<string> Everywhere() => WhyNotRendered is null ? [Files, Base, Dev, Prod] : [Files];

    public static IReadOnlyList<Manifest> Of(string source) =>
        Read.GetOrAdd(source, static source => source == Files ? [.. Written()] : [.. Manifest.Read(source, Render(source))]);

    public static IEnumerable<Manifest> Pods(string source) => Of(source).Where(manifest => manifest.Pod is not null);

    /// <summary>Pods that run a program of ours.</summary>
    public static IEnumerable<Manifest> Ours(string source) => Pods(source).Where(manifest => manifest.Component is "silo" or "frontend");

    public static Manifest One(string source, string kind, string name) =>
        Of(source).Where(manifest => manifest.Kind == kind && manifest.Name == name).ShouldHaveSingleItem($"{kind} {name} in {source}");

    /// <summary>Resource files: everything but kustomize's own and what is laid over others.</summary>
    public static IEnumerable<string> ResourceFiles() => Repository.Files("*.yaml").Where(path =>
        path.StartsWith("k8s/", StringComparison.Ordinal) && !path.EndsWith("/kustomization.yaml", StringComparison.Ordinal) && !path.Contains("/patches/", StringComparison.Ordinal));

    /// <summary>The settings of a process: what its pod's environment holds, by name. Values from the pod itself are its field paths.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(string component, bool tls = false)
    {
        var files = (string[])["k8s/base/settings.env", $"k8s/base/{component}-settings.env", .. tls ? ["k8s/components/tls/settings.env"] : Array.Empty<string>()];
        var pairs = files.SelectMany(file => Repository.Read(file).Split('\n'))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], pair[1]));
        var own = Ours(Files).Single(manifest => manifest.Component == component).Containers
            .SelectMany(container => Manifest.Items(container["env"]))
            .Select(entry => KeyValuePair.Create(entry["name"]!.ToString(), entry["value"]?.ToString() ?? entry["valueFrom"]!["fieldRef"]!["fieldPath"]!.ToString()));
        return new Dictionary<string, string>(pairs.Concat(own), StringComparer.Ordinal);
    }

    private static IEnumerable<Manifest> Written() => ResourceFiles().SelectMany(path => Manifest.Read(path, Repository.Read(path)));

    private static string Render(string overlay)
    {
        var start = new ProcessStartInfo(FindKubectl()!, ["kustomize", Path.Combine(Repository.Root, "k8s", overlay)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors.Result);
        errors.Result.ShouldBeEmpty("kustomize has nothing to warn of");
        return output;
    }

    private static string? FindKubectl() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => (string[])[Path.Combine(folder, "kubectl"), Path.Combine(folder, "kubectl.exe")])
        .FirstOrDefault(File.Exists);
}

/// <summary>A test of what kustomize makes of the files; without kubectl it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KubectlFactAttribute : FactAttribute
{
    public override string? Skip
    {
        get => base.Skip ?? Manifests.WhyNotRendered;
        set => base.Skip = value;
    }
}
