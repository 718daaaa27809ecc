using System.Globalization;

namespace Orchestrator.Contracts.Tests.Kubernetes;

/// <summary>How pods are placed, replaced, counted and found.</summary>
public sealed class The_deployments
{
    private const string NameLabel = "app.kubernetes.io/name";
    private const string ComponentLabel = "app.kubernetes.io/component";

    public static TheoryData<string> Everywhere() => Manifests.Everywhere();

    [Theory, MemberData(nameof(Everywhere))]
    public void hold_the_silos_which_are_no_stateful_set(string source)
    {
        Manifests.One(source, "Deployment", "orchestrator-silo");
        Manifests.Of(source).Where(manifest => manifest.Kind == "StatefulSet").ShouldAllBe(manifest => manifest.Component == "postgres");
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void replace_one_pod_at_a_time_and_have_the_new_one_first(string source) => Each(source, deployment =>
    {
        deployment.Text("spec/strategy/type").ShouldBe("RollingUpdate");
        deployment.Text("spec/strategy/rollingUpdate/maxUnavailable").ShouldBe("0");
        deployment.Text("spec/strategy/rollingUpdate/maxSurge").ShouldBe("1");
    });

    [Theory, MemberData(nameof(Everywhere))]
    public void wait_half_a_minute_before_the_next(string source) => Each(source, deployment => deployment.Text("spec/minReadySeconds").ShouldBe("30"));

    [Theory, MemberData(nameof(Everywhere))]
    public void give_a_start_longer_than_its_probe_does(string source) =>
        Each(source, deployment => int.Parse(deployment.Text("spec/progressDeadlineSeconds"), CultureInfo.InvariantCulture).ShouldBeGreaterThan((5 * 60) + 30));

    [Theory, MemberData(nameof(Everywhere))]
    public void keep_two_silos_of_three_whatever_is_drained(string source)
    {
        Manifests.One(source, "PodDisruptionBudget", "orchestrator-silo").Text("spec/minAvailable").ShouldBe("2");
        var silos = Manifests.One(source, "Deployment", "orchestrator-silo").Text("spec/replicas");
        if (silos.Length == 0)
        {
            silos = Manifests.One(source, "HorizontalPodAutoscaler", "orchestrator-silo").Text("spec/minReplicas");
        }

        int.Parse(silos, CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(3);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void keep_a_front_end_whatever_is_drained(string source)
    {
        Manifests.One(source, "PodDisruptionBudget", "orchestrator-frontend").Text("spec/minAvailable").ShouldBe("1");
        int.Parse(Manifests.One(source, "Deployment", "orchestrator-frontend").Text("spec/replicas"), CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void spread_over_zones_and_machines(string source) => Each(source, deployment =>
    {
        var spread = deployment.List("spec/template/spec/topologySpreadConstraints").ToList();
        spread.Select(rule => rule["topologyKey"]!.ToString()).ShouldBe(["topology.kubernetes.io/zone", "kubernetes.io/hostname"]);
        spread.ShouldAllBe(rule => rule["maxSkew"]!.ToString() == "1" && Manifest.Selects(rule["labelSelector"], deployment.At("spec/template/metadata/labels")));
    });

    [Theory, MemberData(nameof(Everywhere))]
    public void are_found_by_selectors_that_match(string source)
    {
        var pods = Manifests.Pods(source).ToList();
        pods.ShouldAllBe(pod => Manifest.Selects(pod.At("spec/selector"), pod.At("spec/template/metadata/labels")));
        foreach (var manifest in Manifests.Of(source).Where(manifest => manifest.Kind is "PodDisruptionBudget" or "Service"))
        {
            var selector = manifest.Kind == "Service" ? new System.Text.Json.Nodes.JsonObject { ["matchLabels"] = manifest.At("spec/selector")!.DeepClone() } : manifest.At("spec/selector");
            pods.Count(pod => Manifest.Selects(selector, pod.At("spec/template/metadata/labels"))).ShouldBe(1, manifest.ToString());
        }
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void are_served_at_ports_that_their_containers_name(string source)
    {
        foreach (var service in Manifests.Of(source).Where(manifest => manifest.Kind == "Service"))
        {
            var pod = Manifests.Pods(source).Single(pod => pod.Component == service.Component);
            var named = pod.Containers.SelectMany(container => Manifest.Items(container["ports"])).Select(port => port["name"]!.ToString());
            service.List("spec/ports").Select(port => port["targetPort"]!.ToString()).Except(named).ShouldBeEmpty(service.ToString());
        }
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void are_named_and_labelled_as_everybody_does(string source)
    {
        foreach (var manifest in Manifests.Of(source).Where(manifest => manifest.Kind is not ("ConfigMap" or "Secret")))
        {
            manifest.Name.ShouldMatch("^orchestrator(-[a-z]+)*$", manifest.ToString());
            manifest.At("metadata/labels")![NameLabel]?.ToString().ShouldBe("orchestrator", manifest.ToString());
            if (manifest.Pod is not null)
            {
                manifest.Component.ShouldNotBeEmpty(manifest.ToString());
                manifest.At("spec/template/metadata/labels")![ComponentLabel]!.ToString().ShouldBe(manifest.Component);
            }
        }
    }

    [Fact]
    public void are_scaled_by_the_age_of_what_is_due()
    {
        var metric = Scaler().List("spec/metrics").ShouldHaveSingleItem("not by processor time, and by nothing beside it");
        metric["type"]!.ToString().ShouldBe("External");
        metric["external"]!["metric"]!["name"]!.ToString().ShouldBe("orc_queue_age_seconds");
        Manifest.Pairs(metric["external"]!["metric"]!["selector"]!["matchLabels"]).ShouldBe([("queue", "due")]);
        Repository.Read("ApiHost/Observing/EngineState.cs").ShouldContain("\"orc_queue_age_seconds\"");
        Repository.Read("docs/runbook.md").ShouldContain("max(orc_queue_age_seconds{<<.LabelMatchers>>}) by (queue)", Case.Sensitive, "the adapter must not add up what every front end says");
    }

    [Fact]
    public void shrink_slowly()
    {
        var down = Scaler().At("spec/behavior/scaleDown")!;
        int.Parse(down["stabilizationWindowSeconds"]!.ToString(), CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(300);
        var policy = Manifest.Items(down["policies"]).ShouldHaveSingleItem();
        (policy["type"]!.ToString(), policy["value"]!.ToString(), policy["periodSeconds"]!.ToString()).ShouldBe(("Pods", "1", "60"));
    }

    [Fact]
    public void are_one_resource_to_a_file_that_some_kustomization_lists()
    {
        foreach (var file in Manifests.ResourceFiles())
        {
            var manifest = Manifest.Read(file, Repository.Read(file)).ShouldHaveSingleItem(file);
            Path.GetFileNameWithoutExtension(file).Split('-').ShouldContain(manifest.Kind.ToLowerInvariant(), file);
            var folder = Path.GetDirectoryName(file)!.Replace('\\', '/');
            Manifest.Read(file, Repository.Read(folder + "/kustomization.yaml")).Single()
                .List("resources").Select(entry => entry.ToString()).ShouldContain(Path.GetFileName(file));
        }
    }

    [KubectlFact]
    public void in_production_have_no_database_no_secret_and_no_trial_image_of_their_own()
    {
        Manifests.Of(Manifests.Prod).ShouldAllBe(manifest => manifest.Component != "postgres" && manifest.Kind != "Secret");
        Manifests.Of(Manifests.Prod).Where(manifest => manifest.Kind == "Deployment").ShouldAllBe(deployment => deployment.Text("metadata/namespace") == "orchestrator");
        Scaled(Manifests.Prod).ShouldBe("", "the autoscaler alone says how many");
    }

    [KubectlFact]
    public void in_production_speak_tls_with_each_other()
    {
        var settings = Manifests.Of(Manifests.Prod).Single(manifest => manifest.Kind == "ConfigMap" && manifest.Name.StartsWith("orchestrator-settings-", StringComparison.Ordinal));
        var files = Repository.Read("k8s/components/tls/settings.env").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('='));
        files.ShouldAllBe(pair => settings.At("data")![pair[0]]!.ToString() == pair[1]);
    }

    [KubectlFact]
    public void live_in_a_namespace_that_admits_only_restricted_pods()
    {
        foreach (var overlay in (string[])[Manifests.Dev, Manifests.Prod])
        {
            var home = Manifests.Of(overlay).Where(manifest => manifest.Kind == "Namespace").ShouldHaveSingleItem();
            home.At("metadata/labels")!["pod-security.kubernetes.io/enforce"]!.ToString().ShouldBe("restricted");
            Manifests.Of(overlay).Where(manifest => manifest.Kind != "Namespace").ShouldAllBe(manifest => manifest.Text("metadata/namespace") == home.Name);
        }
    }

    private static string Scaled(string source) => Manifests.One(source, "Deployment", "orchestrator-silo").Text("spec/replicas");

    private static Manifest Scaler() => Manifests.One(Manifests.Files, "HorizontalPodAutoscaler", "orchestrator-silo");

    private static void Each(string source, Action<Manifest> check)
    {
        var deployments = Manifests.Of(source).Where(manifest => manifest.Kind == "Deployment").ToList();
        deployments.Count.ShouldBe(2);
        deployments.ForEach(check);
    }
}
