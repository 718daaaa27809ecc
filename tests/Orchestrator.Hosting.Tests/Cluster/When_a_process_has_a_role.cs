using System.Net;
using Orchestrator.SiloHosting.Cluster;

namespace Orchestrator.Hosting.Tests.Cluster;

public sealed class When_a_process_has_a_role
{
    [Fact]
    public void the_defaults_make_one_process_that_has_everything() =>
        Problems(new ClusterOptions(), canCluster: false, shared: false).ShouldBeEmpty();

    [Theory]
    [InlineData(ClusterRole.Silo)]
    [InlineData(ClusterRole.Frontend)]
    public void a_build_whose_runtime_is_one_process_refuses_the_others(ClusterRole role) =>
        Problems(new ClusterOptions { Role = role }, canCluster: false, shared: true).ShouldBe(
            [$"Cluster:Role: this build runs everything in one process, so the role is All; found {role}. A build on Orleans (-p:Runtime=Orleans) has the others"]);

    [Theory]
    [InlineData(ClusterRole.Silo)]
    [InlineData(ClusterRole.Frontend)]
    public void it_shares_its_store_unless_it_is_alone(ClusterRole role)
    {
        Problems(new ClusterOptions { Role = role }, canCluster: true, shared: false).ShouldBe(
            [$"Cluster:Role: a process of the role {role} shares its store with others; set Data:Store to postgres"]);
        Problems(new ClusterOptions { Role = role }, canCluster: true, shared: true).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("silo-1.example.com")]
    [InlineData("")]
    public void it_advertises_an_address_that_others_can_use(string address) =>
        Problems(new ClusterOptions { AdvertisedAddress = address }).ShouldBe(
            [$"Cluster:AdvertisedAddress: expected an IP address others can reach, found '{address}'"]);

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.4", true)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "10.1.2.3", false)]
    [InlineData("10.1.2.3", "::1", false)]
    public void loopback_meets_loopback_and_nothing_else(string ours, string theirs, bool meet) =>
        ClusterRules.CanMeet(IPAddress.Parse(ours), IPAddress.Parse(theirs)).ShouldBe(meet);

    [Fact]
    public void silos_and_front_ends_are_heard_at_two_ports() =>
        Problems(new ClusterOptions { SiloPort = 4000, GatewayPort = 4000 }).ShouldBe(
            ["Cluster:GatewayPort: expected another port than SiloPort, found 4000 for both"]);

    [Fact]
    public void it_says_that_it_is_not_ready_for_less_time_than_it_may_take_to_stop() =>
        Problems(new ClusterOptions { ReadyGrace = TimeSpan.FromSeconds(5), ShutdownPatience = TimeSpan.FromSeconds(5) }).ShouldBe(
            ["Cluster:ReadyGrace: expected less than ShutdownPatience (00:00:05), found 00:00:05"]);

    [Fact]
    public void tls_needs_all_of_its_files_and_every_one_of_them_there()
    {
        var options = new ClusterOptions { Tls = { CertificateFile = "/there/tls.crt", AuthorityFile = "/gone/ca.crt" } };

        Problems(options).ShouldBe(
            [
                "Cluster:Tls:KeyFile: expected a file, found none; TLS needs the certificate, its key and the authority",
                $"Cluster:Tls:AuthorityFile: expected a file, found none at {Path.GetFullPath("/gone/ca.crt")}",
            ]);
    }

    private static IEnumerable<string> Problems(ClusterOptions options, bool canCluster = true, bool shared = true) =>
        ClusterRules.Problems(options, canCluster, shared, file => file.StartsWith("/there/", StringComparison.Ordinal));
}
