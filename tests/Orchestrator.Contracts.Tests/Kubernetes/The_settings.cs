using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Postgres;
using Orchestrator.ApiHost;
using Orchestrator.Hosting.Configuration;
using Orchestrator.Hosting.Logging;
using Orchestrator.Hosting.Operators;
using Orchestrator.SiloHosting;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.Contracts.Tests.Kubernetes;

/// <summary>The settings that the manifests give are read by the very checks that a process makes when it starts.</summary>
public sealed class The_settings
{
    private const string Database = "Host=database;Username=orchestrator;Password=sesame";
    private const string Prefix = OrchestratorConfiguration.EnvironmentPrefix;

    [Theory]
    [InlineData("silo", false)]
    [InlineData("silo", true)]
    [InlineData("frontend", false)]
    [InlineData("frontend", true)]
    public void are_known_to_the_process_and_within_their_ranges(string component, bool tls)
    {
        using var provider = Start(component, tls);
        provider.GetRequiredService<IStartupValidator>().Validate();
        var cluster = provider.GetRequiredService<IOptions<ClusterOptions>>().Value;
        ClusterRules.Problems(cluster, canCluster: true, shared: true, exists: _ => true).ShouldBeEmpty();
        cluster.Tls.IsOn.ShouldBe(tls);
        provider.GetRequiredService<IOptionsMonitor<PostgresOptions>>().CurrentValue.ConnectionString.ShouldBe(Database);
    }

    [Fact]
    public void that_nobody_reads_would_be_refused()
    {
        using var provider = Start("silo", tls: false, ("Cluster:SiloPrt", "1"));
        Should.Throw<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain("Cluster:SiloPrt");
    }

    [Theory]
    [InlineData("silo", "Silo")]
    [InlineData("frontend", "Frontend")]
    public void give_each_process_its_role_and_the_shared_store(string component, string role)
    {
        var settings = Settings(component, tls: false);
        settings["Cluster:Role"].ShouldBe(role);
        settings["Data:Store"].ShouldBe("Postgres");
    }

    [Fact]
    public void agree_with_the_ports_of_pods_and_policies()
    {
        var defaults = new ClusterOptions();
        var silo = Settings("silo", tls: false);
        (silo["Cluster:SiloPort"], silo["Cluster:GatewayPort"]).ShouldBe((Text(defaults.SiloPort), Text(defaults.GatewayPort)));
        Ports("silo").ShouldBe([("http", PortOf(silo["Urls"])), ("silo", Text(defaults.SiloPort)), ("gateway", Text(defaults.GatewayPort))]);
        var frontend = Settings("frontend", tls: false);
        Ports("frontend").ShouldBe([("http", PortOf(frontend["Api:Urls"])), ("metrics", frontend["Api:MetricsPort"])]);
        PortOf(new ApiOptions().Urls).ShouldBe(PortOf(Settings("frontend", tls: false)["Api:Urls"]));
    }

    [Fact]
    public void have_callers_show_keys_and_silos_share_theirs()
    {
        var frontend = Settings("frontend", tls: false);
        frontend.ShouldNotContainKey("Api:AllowAnonymous");
        frontend["Operators:Keys:admin"].ShouldBe("file:/run/secrets/orchestrator-api/admin.key");
        frontend["Operators:Roles:admin"].ShouldBe("Admin");
        var silo = Settings("silo", tls: false);
        (silo["Completions:Key"], silo["Callbacks:Sending:SigningKey"]).ShouldBe(("file:/run/secrets/orchestrator-silo/completion.key", "file:/run/secrets/orchestrator-silo/callback.key"));
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("frontend")]
    public void name_secrets_that_the_trial_overlay_and_the_runbook_make(string component)
    {
        var (trial, runbook) = (Repository.Read("k8s/overlays/dev/kustomization.yaml"), Repository.Read("docs/runbook.md"));
        foreach (var (key, value) in Settings(component, tls: false).Where(pair => pair.Value.Contains("/run/secrets/", StringComparison.Ordinal)))
        {
            var item = value.Split('/')[^1];
            trial.ShouldContain($"- {item}=", Case.Sensitive, key);
            runbook.ShouldContain($"--from-literal={item}=", Case.Sensitive, key);
        }
    }

    [Theory]
    [InlineData("silo", true)]
    [InlineData("frontend", true)]
    public void name_secrets_where_the_pod_mounts_them(string component, bool tls)
    {
        var mounts = Manifests.Ours(Manifests.Files).Single(pod => pod.Component == component).Containers
            .SelectMany(container => Manifest.Items(container["volumeMounts"])).Select(mount => mount["mountPath"]!.ToString())
            .Append("/run/secrets/orchestrator-cluster-tls");
        foreach (var (key, value) in Settings(component, tls).Where(pair => pair.Value.Contains("/run/secrets/", StringComparison.Ordinal)))
        {
            mounts.ShouldContain(Path.GetDirectoryName(value.Replace("file:", "", StringComparison.Ordinal))!.Replace('\\', '/'), key);
        }
    }

    [Fact]
    public void hold_no_secret() => Repository.Files("*.env").Where(path => path.StartsWith("k8s/", StringComparison.Ordinal))
        .SelectMany(path => Repository.Read(path).Split('\n')).Where(line => line.Contains("Password", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();

    /// <summary>What a pod sets, by key.</summary>
    private static Dictionary<string, string> Settings(string component, bool tls) => Manifests.EnvironmentOf(component, tls)
        .Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(pair => pair.Key[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal), pair => pair.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>A host's options on exactly those settings. The secrets are files that a test can have; the pod's own address is one it could get.</summary>
    private static ServiceProvider Start(string component, bool tls, params ReadOnlySpan<(string Key, string Value)> more)
    {
        var folder = Directory.CreateTempSubdirectory("orc-k8s-").FullName;
        try
        {
            var secret = Path.Combine(folder, "secret");
            File.WriteAllText(secret, Database);
            var settings = Settings(component, tls);
            foreach (var (key, value) in settings)
            {
                settings[key] = value.StartsWith("file:", StringComparison.Ordinal) ? "file:" + secret : value switch { "status.podIP" => "10.0.0.7", "metadata.name" => "orchestrator-silo-1", _ => value };
            }

            foreach (var (key, value) in more)
            {
                settings[key] = value;
            }

            // As the file that a person would write: JSON is YAML too.
            File.WriteAllText(Path.Combine(folder, OrchestratorConfiguration.FileName), Nested(settings).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            var configuration = new ConfigurationBuilder().AddOrchestratorConfiguration(folder).Build();
            var services = new ServiceCollection()
                .AddSingleton<IConfiguration>(configuration)
                .AddSiloOptions()
                .AddValidatedOptions<ClusterOptions>()
                .AddValidatedOptions<ApiOptions>()
                .AddValidatedOptions<LogOptions>()
                .AddValidatedOptions<OperatorOptions>();

            // What depends on the build and on files of the machine is asked apart: this test may run on the other runtime, and without certificates.
            foreach (var rule in services.Where(service => service.ServiceType == typeof(IValidateOptions<ClusterOptions>) && service.ImplementationType is not null).ToList())
            {
                services.Remove(rule);
            }

            return Resolved(services.BuildServiceProvider());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Secrets are read when options are made, and the files are gone afterwards. Whoever validates the start asks the monitor, which keeps what it has made.
    private static ServiceProvider Resolved(ServiceProvider services)
    {
        foreach (var kind in services.GetServices<OptionsKind>())
        {
            var options = services.GetRequiredService(typeof(IOptionsMonitor<>).MakeGenericType(kind.Type));
            try
            {
                options.GetType().GetProperty("CurrentValue")!.GetValue(options);
            }
            catch (System.Reflection.TargetInvocationException refused) when (refused.InnerException is OptionsValidationException)
            {
                // Told again, with all the others, by whoever validates the start.
            }
        }

        return services;
    }

    private static JsonObject Nested(Dictionary<string, string> settings)
    {
        var root = new JsonObject();
        foreach (var (key, value) in settings)
        {
            var segments = key.Split(':');
            var at = root;
            foreach (var segment in segments[..^1])
            {
                at = (JsonObject)(at[segment] ??= new JsonObject());
            }

            at[segments[^1]] = value;
        }

        return root;
    }

    private static IEnumerable<(string Name, string Port)> Ports(string component) => Manifests.Ours(Manifests.Files).Single(pod => pod.Component == component).Containers
        .SelectMany(container => Manifest.Items(container["ports"])).Select(port => (port["name"]!.ToString(), port["containerPort"]!.ToString()));

    private static string PortOf(string urls) => urls[(urls.LastIndexOf(':') + 1)..];

    private static string Text(int port) => port.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
