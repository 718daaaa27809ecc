using System.Diagnostics;
using System.Text.Json;

namespace Orchestrator.Contracts.Tests.Kubernetes;

/// <summary>What <c>dotnet publish -t:PublishContainer</c> would make, asked of MSBuild without making it: the base image is elsewhere.</summary>
public sealed class The_images
{
    [Theory]
    [InlineData("Silo", "silo")]
    [InlineData("ApiHost", "frontend")]
    public void are_what_the_manifests_run(string project, string component)
    {
        var image = Ask(project);
        var pod = Manifests.Ours(Manifests.Files).Single(pod => pod.Component == component);
        var container = pod.Containers.Single();
        Property(image, "ContainerRepository").ShouldBe(container["image"]!.ToString());
        Property(image, "ContainerImageTags").ShouldMatch("^[0-9]+[.][0-9]+[.][0-9]+$");
        Property(image, "ContainerBaseImage").ShouldEndWith("/aspnet:10.0-noble-chiseled", Case.Sensitive, "no shell, no package tool");
        Property(image, "ContainerUser").ShouldBe(pod.Pod!["securityContext"]!["runAsUser"]!.ToString());
        Items(image, "ContainerPort").Select(port => port.GetProperty("Identity").GetString()).ShouldBe(
            Manifest.Items(container["ports"]).Select(port => port["containerPort"]!.ToString()));
        Items(image, "ContainerAppCommand").Select(word => word.GetProperty("Identity").GetString()).ShouldBe(["dotnet", $"/app/Orchestrator.{project}.dll"]);
        Items(image, "ContainerEnvironmentVariable").Single(variable => variable.GetProperty("Identity").GetString() == "ORC_CONFIG").GetProperty("Value").GetString().ShouldBe("/app/config.yaml");
        Label(image, "org.opencontainers.image.version").ShouldBe(Property(image, "ContainerImageTags"));
        Label(image, "org.opencontainers.image.licenses").ShouldBe("MIT");
        Label(image, "io.orchestrator.runtime").ShouldBe("Local");
    }

    private static JsonElement Ask(string project)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "msbuild", Path.Combine(Repository.Root, project), "-nologo", "-t:ComputeContainerConfig", "-p:Runtime=Local", "-p:Configuration=Release",
                "-getProperty:ContainerRepository,ContainerImageTags,ContainerBaseImage,ContainerUser", "-getItem:ContainerPort,ContainerLabel,ContainerAppCommand,ContainerEnvironmentVariable",
            ])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, answer);
        return JsonDocument.Parse(answer).RootElement;
    }

    private static string Property(JsonElement image, string name) => image.GetProperty("Properties").GetProperty(name).GetString()!;

    private static IEnumerable<JsonElement> Items(JsonElement image, string name) => image.GetProperty("Items").GetProperty(name).EnumerateArray();

    private static string? Label(JsonElement image, string name) =>
        Items(image, "ContainerLabel").Single(label => label.GetProperty("Identity").GetString() == name).GetProperty("Value").GetString();
}
