using System.Text.Json.Nodes;

namespace Orchestrator.Contracts.Tests.Kubernetes;

/// <summary>Who may talk to whom, read off the policies and the labels of the pods they select.</summary>
public sealed class The_network
{
    private const string Ingress = "ingress";
    private const string Egress = "egress";

    /// <summary>Networks of the machines and of the cluster, and where clouds tell what a machine may know.</summary>
    private static readonly string[] Private = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"];

    public static TheoryData<string> Everywhere() => Manifests.Everywhere();

    [Theory, MemberData(nameof(Everywhere))]
    public void is_closed_until_a_policy_opens_it(string source)
    {
        var deny = Manifests.One(source, "NetworkPolicy", "orchestrator-deny");
        deny.At("spec/podSelector")!.AsObject().ShouldBeEmpty("every pod of the namespace");
        deny.List("spec/policyTypes").Select(type => type.ToString()).ShouldBe(["Ingress", "Egress"]);
        (deny.At("spec/ingress"), deny.At("spec/egress")).ShouldBe((null, null));
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void lets_silos_reach_silos_and_nobody_else_there(string source)
    {
        Peers(source, Ingress, "silo", "11111").ShouldBe(["silo"]);
        Peers(source, Egress, "silo", "11111").ShouldBe(["silo"]);
        Peers(source, Egress, "frontend", "11111").ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void lets_front_ends_reach_the_gateways_of_silos_and_nobody_else_there(string source)
    {
        Peers(source, Ingress, "silo", "30000").ShouldBe(["frontend"]);
        Peers(source, Egress, "frontend", "30000").ShouldBe(["silo"]);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void lets_only_what_stands_in_front_reach_the_door(string source) =>
        Peers(source, Ingress, "frontend", "8080").Except(["namespace monitoring"]).ShouldBe(["namespace ingress-nginx"]);

    [Theory, MemberData(nameof(Everywhere))]
    public void lets_nobody_but_monitoring_read_the_metrics_of_front_ends(string source) =>
        Peers(source, Ingress, "frontend", "9090").Except(["namespace monitoring"]).ShouldBeEmpty();

    [Fact]
    public void has_metrics_read_where_no_key_is_asked_for()
    {
        var port = Manifests.One(Manifests.Files, "ServiceMonitor", "orchestrator").List("spec/endpoints").ShouldHaveSingleItem()["port"]!.ToString();
        var services = Manifests.Of(Manifests.Files).Where(service => service.Kind == "Service" && service.Component is "silo" or "frontend")
            .SelectMany(service => service.List("spec/ports").Where(entry => entry["name"]!.ToString() == port).Select(entry => $"{service.Component} {entry["targetPort"]}"));
        services.Order(StringComparer.Ordinal).ShouldBe(["frontend metrics", "silo http"]);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void lets_nobody_but_monitoring_reach_the_probes_of_silos(string source) =>
        Peers(source, Ingress, "silo", "8080").Except(["namespace monitoring"]).ShouldBeEmpty();

    [Theory]
    [InlineData("silo")]
    [InlineData("frontend")]
    public void lets_both_kinds_reach_the_database(string component) =>
        Peers(Manifests.Files, Egress, component, "5432").ShouldContain("postgres");

    [Fact]
    public void lets_only_both_kinds_reach_the_trial_database() => Peers(Manifests.Files, Ingress, "postgres", "5432").ShouldBe(["frontend", "silo"]);

    [Fact]
    public void lets_the_trial_database_call_nobody() =>
        Manifests.Of(Manifests.Files).Where(policy => policy.Kind == "NetworkPolicy" && policy.Component == "postgres").ShouldAllBe(policy => policy.At("spec/egress") == null);

    [Theory, MemberData(nameof(Everywhere))]
    public void lets_every_pod_ask_for_names(string source)
    {
        var dns = Manifests.One(source, "NetworkPolicy", "orchestrator-dns");
        var rule = dns.List("spec/egress").ShouldHaveSingleItem();
        Manifest.Items(rule["ports"]).Select(port => $"{port["protocol"]} {port["port"]}").ShouldBe(["UDP 53", "TCP 53"]);
        Manifests.Ours(source).ShouldAllBe(pod => Manifest.Selects(dns.At("spec/podSelector"), pod.At("spec/template/metadata/labels")));
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void lets_calls_out_to_the_world_by_tls_but_not_to_the_cluster_or_the_clouds_metadata(string source)
    {
        var agents = Manifests.One(source, "NetworkPolicy", "orchestrator-silo-agents");
        var world = agents.List("spec/egress").Where(rule => Manifest.Items(rule["to"]).Any(peer => peer["ipBlock"] is not null)).ShouldHaveSingleItem();
        Manifest.Items(world["to"]).SelectMany(peer => Manifest.Items(peer["ipBlock"]!["except"])).Select(network => network.ToString()).ShouldBe(Private);
        Manifest.Items(world["ports"]).Select(port => port["port"]!.ToString()).ShouldBe(["443"]);
    }

    [Theory, MemberData(nameof(Everywhere))]
    public void lets_calls_to_the_cluster_out_to_agents_that_are_named_so(string source) => Manifests.One(source, "NetworkPolicy", "orchestrator-silo-agents")
        .List("spec/egress").SelectMany(rule => Manifest.Items(rule["to"])).Where(peer => peer["podSelector"] is not null).ShouldHaveSingleItem()
        ["podSelector"]!["matchLabels"]!["app.kubernetes.io/component"]!.ToString().ShouldBe("agent");

    [Theory, MemberData(nameof(Everywhere))]
    public void lets_nobody_call_anywhere_else(string source)
    {
        foreach (var policy in Manifests.Of(source).Where(manifest => manifest.Kind == "NetworkPolicy"))
        {
            policy.List("spec/egress").Concat(policy.List("spec/ingress")).ShouldAllBe(rule => rule["ports"] != null && (rule["to"] ?? rule["from"]) != null);
        }
    }

    /// <summary>Whom a component may meet at a port: components by name, other namespaces by theirs.</summary>
    private static string[] Peers(string source, string direction, string component, string port) =>
    [
        .. (from policy in Manifests.Of(source)
            where policy.Kind == "NetworkPolicy" && Manifest.Selects(policy.At("spec/podSelector"), Labels(component))
            from rule in policy.List("spec/" + direction)
            where Manifest.Items(rule["ports"]).Any(entry => entry["port"]!.ToString() == port)
            from peer in Manifest.Items(rule[direction == Ingress ? "from" : "to"])
            from name in Names(peer)
            select name).Distinct().Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Names(JsonNode peer) =>
        peer["namespaceSelector"]?["matchLabels"]?["kubernetes.io/metadata.name"] is { } home ? [$"namespace {home}"]
        : peer["podSelector"] is { } selector ? ((string[])["silo", "frontend", "postgres", "agent"]).Where(component => Manifest.Selects(selector, Labels(component)))
        : [];

    private static JsonObject Labels(string component) => new()
    {
        ["app.kubernetes.io/name"] = component == "agent" ? "an-agent" : "orchestrator",
        ["app.kubernetes.io/part-of"] = "orchestrator",
        ["app.kubernetes.io/component"] = component,
    };
}
