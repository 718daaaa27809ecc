using System.Net;

namespace Orchestrator.SiloHosting.Cluster;

/// <summary>What a cluster's settings must agree on, beyond the range of each.</summary>
public static class ClusterRules
{
    /// <param name="canCluster">Whether this build has a runtime that spans processes.</param>
    /// <param name="shared">Whether the chosen store is one that several processes can use.</param>
    /// <param name="exists">Tells whether a file is there.</param>
    /// <returns>One line for each problem: the setting, what was expected, what was found.</returns>
    public static IEnumerable<string> Problems(ClusterOptions options, bool canCluster, bool shared, Func<string, bool> exists)
    {
        if (options.Role != ClusterRole.All)
        {
            if (!canCluster)
            {
                yield return Of(nameof(options.Role), $"this build runs everything in one process, so the role is All; found {options.Role}. A build on Orleans (-p:Runtime=Orleans) has the others");
            }

            if (!shared)
            {
                yield return Of(nameof(options.Role), $"a process of the role {options.Role} shares its store with others; set Data:Store to postgres");
            }
        }

        if (options.AdvertisedAddress is { } text && (!IPAddress.TryParse(text, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            yield return Of(nameof(options.AdvertisedAddress), $"expected an IP address others can reach, found '{text}'");
        }

        if (options.SiloPort == options.GatewayPort)
        {
            yield return Of(nameof(options.GatewayPort), $"expected another port than {nameof(options.SiloPort)}, found {options.GatewayPort} for both");
        }

        if (options.ReadyGrace >= options.ShutdownPatience)
        {
            yield return Of(nameof(options.ReadyGrace), $"expected less than {nameof(options.ShutdownPatience)} ({options.ShutdownPatience}), found {options.ReadyGrace}");
        }

        foreach (var problem in Problems(options.Tls, exists))
        {
            yield return problem;
        }
    }

    /// <summary>Whether a silo with the one address and a silo with the other can reach each other.</summary>
    /// <remarks>Loopback leads each machine to itself: of two silos on different machines, one that advertises it would be called dead by the other, or call itself.</remarks>
    public static bool CanMeet(IPAddress ours, IPAddress theirs) => IPAddress.IsLoopback(ours) == IPAddress.IsLoopback(theirs);

    private static IEnumerable<string> Problems(ClusterTlsOptions tls, Func<string, bool> exists)
    {
        if (!tls.IsOn)
        {
            yield break;
        }

        foreach (var (name, file) in new[] { (nameof(tls.CertificateFile), tls.CertificateFile), (nameof(tls.KeyFile), tls.KeyFile), (nameof(tls.AuthorityFile), tls.AuthorityFile) })
        {
            if (string.IsNullOrEmpty(file))
            {
                yield return Of("Tls:" + name, "expected a file, found none; TLS needs the certificate, its key and the authority");
            }
            else if (!exists(file))
            {
                yield return Of("Tls:" + name, $"expected a file, found none at {Path.GetFullPath(file)}");
            }
        }
    }

    private static string Of(string setting, string problem) => $"{ClusterOptions.Section}:{setting}: {problem}";
}
