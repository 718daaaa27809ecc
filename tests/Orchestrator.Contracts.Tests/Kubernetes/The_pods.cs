using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Contracts.Tests.Kubernetes;

/// <summary>What every pod keeps to, wherever it is deployed.</summary>
public sealed class The_pods
{
    public static TheoryData<string> Everywhere() => Manifests.Everywhere();

    [Theory, MemberData(nameof(Everywhere))]
    public void run_as_a_user_who_is_not_root(string source) => Each(source, pod =>
    {
        var security = pod.Pod!["securityContext"]!;
        security["runAsNonRoot"]!.ToString().ShouldBe("true");
        Number(security["runAsUser"]).ShouldBeGreaterThan(0);
        Number(security["fsGroup"]).ShouldBeGreaterThan(0);
    });

    [Theory, MemberData(nameof(Everywhere))]
    public void are_held_to_the_runtimes_seccomp_profile(string source) =>
        Each(source, pod => pod.Pod!["securityContext"]!["seccompProfile"]!["type"]!.ToString().ShouldBe("RuntimeDefault"));

    [Theory, MemberData(nameof(Everywhere))]
    public void gain_no_privilege_and_keep_no_capability(string source) => EachContainer(source, (_, container) =>
    {
        container["securityContext"]!["allowPrivilegeEscalation"]!.ToString().ShouldBe("false");
        Manifest.Items(container["securityContext"]!["capabilities"]!["drop"]).Select(item => item.ToString()).ShouldBe(["ALL"]);
        container["securityContext"]!["capabilities"]!["add"].ShouldBeNull();
        container["securityContext"]!["privileged"].ShouldBeNull();
    });

    [Theory, MemberData(nameof(Everywhere))]
    public void write_to_volumes_only(string source) => EachContainer(source, (pod, container) =>
    {
        container["securityContext"]!["readOnlyRootFilesystem"]!.ToString().ShouldBe("true");
        IsScratch(pod, container, "/tmp").ShouldBeTrue("a place for what is temporary");
        if (pod.Component != "postgres")
        {
            IsScratch(pod, container, Manifests.EnvironmentOf(pod.Component)["ORC__Data__Folder"]).ShouldBeTrue("the data folder");
        }
    });

    [Theory, MemberData(nameof(Everywhere))]
    public void mount_what_they_have_and_have_what_they_mount(string source) => EachContainer(source, (pod, container) =>
        Manifest.Items(container["volumeMounts"]).Select(mount => mount["name"]!.ToString()).ShouldBe(
            Manifest.Items(pod.Pod!["volumes"]).Select(volume => volume["name"]!.ToString())
                .Concat(pod.List("spec/volumeClaimTemplates").Select(claim => claim["metadata"]!["name"]!.ToString())),
            ignoreOrder: true));

    [Theory, MemberData(nameof(Everywhere))]
    public void hold_no_token_for_the_cluster(string source) => Each(source, pod =>
    {
        pod.Pod!["automountServiceAccountToken"]!.ToString().ShouldBe("false");
        Manifests.One(source, "ServiceAccount", pod.Pod!["serviceAccountName"]!.ToString()).Text("automountServiceAccountToken").ShouldBe("false");
    });

    [Theory, MemberData(nameof(Everywhere))]
    public void ask_for_processor_time_without_a_limit(string source) => EachContainer(source, (_, container) =>
    {
        container["resources"]!["requests"]!["cpu"].ShouldNotBeNull();
        container["resources"]!["limits"]!["cpu"].ShouldBeNull();
    });

    [Theory, MemberData(nameof(Everywhere))]
    public void have_memory_with_headroom(string source) => EachContainer(source, (_, container) =>
        Mebibytes(container["resources"]!["limits"]!["memory"]).ShouldBeGreaterThan(Mebibytes(container["resources"]!["requests"]!["memory"])));

    [Theory]
    [InlineData("silo")]
    [InlineData("frontend")]
    public void leave_a_quarter_of_their_memory_to_what_is_not_heap(string component)
    {
        var percent = Manifests.EnvironmentOf(component)["DOTNET_GCHeapHardLimitPercent"];
        percent.ShouldStartWith("0x", Case.Sensitive, "the runtime reads it as hexadecimal, whatever one meant");
        Convert.ToInt32(percent, 16).ShouldBeInRange(50, 75);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void are_probed_at_the_start_for_five_minutes(string source) => EachOfOurs(source, (_, container) => ShouldProbe(container["startupProbe"], "startup", "5", "60"));

    [Theory, MemberData(nameof(Everywhere))]
    public void are_probed_for_readiness_every_five_seconds(string source) => EachOfOurs(source, (_, container) => ShouldProbe(container["readinessProbe"], "ready", "5", "2"));

    [Theory, MemberData(nameof(Everywhere))]
    public void are_probed_for_life_every_ten_seconds(string source) => EachOfOurs(source, (_, container) => ShouldProbe(container["livenessProbe"], "live", "10", "3"));

    [Theory, MemberData(nameof(Everywhere))]
    public void wait_until_nobody_sends_to_them_before_they_stop(string source) =>
        EachOfOurs(source, (_, container) => container["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!.ToString().ShouldBe("5"));

    [Theory, MemberData(nameof(Everywhere))]
    public void are_given_longer_to_stop_than_they_take(string source) => EachOfOurs(source, (pod, _) =>
    {
        var patience = TimeSpan.Parse(Manifests.EnvironmentOf(pod.Component)["ORC__Cluster__ShutdownPatience"], CultureInfo.InvariantCulture);
        var grace = TimeSpan.FromSeconds(Number(pod.Pod!["terminationGracePeriodSeconds"]));
        grace.ShouldBeGreaterThan(patience + TimeSpan.FromSeconds(5));
        grace.ShouldBe(TimeSpan.FromSeconds(150));
    });

    [Theory, MemberData(nameof(Everywhere))]
    public void advertise_the_address_of_the_pod_and_go_by_its_name(string source)
    {
        foreach (var silo in Manifests.Ours(source).Where(pod => pod.Component == "silo"))
        {
            Field(silo, "ORC__Cluster__AdvertisedAddress").ShouldBe("status.podIP");
            Field(silo, "ORC__Cluster__Name").ShouldBe("metadata.name");
        }

        static string? Field(Manifest pod, string variable) => pod.Containers.Single()["env"]!.AsArray()
            .Single(entry => entry!["name"]!.ToString() == variable)!["valueFrom"]?["fieldRef"]?["fieldPath"]?.ToString();
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void run_a_version_and_never_the_latest(string source) => EachContainer(source, (pod, container) =>
    {
        // What has no tag in a file of ours gets one from kustomize; what kustomize has rendered has one.
        var image = container["image"]!.ToString();
        var tag = image.Contains(':', StringComparison.Ordinal) || source != Manifests.Files ? image.Split(':')[^1] : TagOf(image);
        tag.ShouldMatch("^[0-9]+[.][0-9]+([.][0-9]+)?$", $"{pod}: {image}");
        container["imagePullPolicy"]!.ToString().ShouldBe("IfNotPresent");
    });

    private static string TagOf(string image) => Manifest.Read("k8s/base", Repository.Read("k8s/base/kustomization.yaml")).Single()
        .List("images").Single(entry => entry["name"]!.ToString() == image)["newTag"]!.ToString();

    private static void ShouldProbe(JsonNode? probe, string path, string period, string failures)
    {
        probe.ShouldNotBeNull();
        probe["httpGet"]!["path"]!.ToString().ShouldBe("/health/" + path);
        probe["httpGet"]!["port"]!.ToString().ShouldBe("http");
        probe["periodSeconds"]!.ToString().ShouldBe(period);
        probe["failureThreshold"]!.ToString().ShouldBe(failures);

        // A readiness check looks for two seconds and the platform's default patience is one.
        Number(probe["timeoutSeconds"]).ShouldBeInRange(3, Number(probe["periodSeconds"]));
    }

    private static bool IsScratch(Manifest pod, JsonNode container, string path) => Manifest.Items(container["volumeMounts"])
        .Where(mount => mount["mountPath"]!.ToString() == path)
        .Any(mount => Manifest.Items(pod.Pod!["volumes"]).Any(volume => volume["name"]!.ToString() == mount["name"]!.ToString() && volume["emptyDir"]?["sizeLimit"] is not null));

    private static void Each(string source, Action<Manifest> check)
    {
        var pods = Manifests.Pods(source).ToList();
        pods.Count.ShouldBeGreaterThan(1);
        pods.ForEach(check);
    }

    private static void EachContainer(string source, Action<Manifest, JsonNode> check) => Each(source, pod => pod.Containers.ToList().ForEach(container => check(pod, container)));

    private static void EachOfOurs(string source, Action<Manifest, JsonNode> check)
    {
        var pods = Manifests.Ours(source).ToList();
        pods.Count.ShouldBe(2);
        pods.ForEach(pod => check(pod, pod.Containers.ShouldHaveSingleItem()));
    }

    private static int Number(JsonNode? node) => int.Parse(node!.ToString(), CultureInfo.InvariantCulture);

    private static int Mebibytes(JsonNode? node) => node!.ToString() is var text && text.EndsWith("Gi", StringComparison.Ordinal)
        ? int.Parse(text[..^2], CultureInfo.InvariantCulture) * 1024
        : int.Parse(text[..^2], CultureInfo.InvariantCulture);
}
